"""Access tokens: HS256 JWTs, one algorithm, nothing believed before the signature."""

import time
from dataclasses import dataclass

import jwt

from controlplane.config import Tokens
from controlplane.errors import Unauthenticated

ALGORITHM = "HS256"
MAX_BYTES = 4096
REQUIRED = ["exp", "iat", "sub", "iss", "aud"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: whose it is and, of a guest, the name. Roles are never in it."""

    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenMint:
    """Makes and reads tokens with one secret."""

    secret: str
    settings: Tokens

    def make(self, subject: str, name: str, lifetime_s: int | None = None) -> str:
        """Make a token."""
        now = int(time.time())
        claims = {
            "sub": subject,
            "name": name,
            "iat": now,
            "exp": now + (lifetime_s or self.settings.lifetime_s),
            "iss": self.settings.issuer,
            "aud": self.settings.audience,
        }
        return jwt.encode(claims, self.secret, ALGORITHM)

    def read(self, token: object) -> Claims:
        """Read a token; raise Unauthenticated if it does not hold."""
        if not isinstance(token, str) or not token:
            raise Unauthenticated("a token is needed: POST /api/v1/auth/guest gives one to anybody")
        if len(token) > MAX_BYTES:
            raise Unauthenticated("the token is too long")
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[ALGORITHM],
                audience=self.settings.audience,
                issuer=self.settings.issuer,
                options={"require": REQUIRED},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("the token has expired") from error
        except jwt.PyJWTError as error:
            raise Unauthenticated("the token does not hold") from error
        return Claims(str(claims["sub"]), str(claims.get("name") or ""))
