"""Quotas: every route and every inbound event names one. Its rate is a setting, `limits.<quota>`."""

from enum import StrEnum


class Quota(StrEnum):
    """A quota; its value is the setting's name."""

    GUEST = "guest"
    LOGIN = "login"
    REFRESH = "refresh"
    ACCOUNT = "account"
    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"
    HANDSHAKE = "handshake"
    JOIN = "join"
    CONTROL = "control"
    CHAT = "chat"
    MODERATE = "moderate"
    LIKE = "like"
