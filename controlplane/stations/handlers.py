"""A station's set-up over HTTP: what a host types into the encoder, stream keys, people and invitations."""

from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from controlplane.api import (
    AcceptAnswer,
    AcceptRequest,
    Done,
    EncoderView,
    InvitationRequest,
    InvitationsAnswer,
    InvitationView,
    KeyRequest,
    KeysAnswer,
    KeyView,
    MemberRequest,
    MembersAnswer,
    MemberView,
)
from controlplane.db.engine import now_ms
from controlplane.db.invitations import Invitation
from controlplane.db.stations import Member, StreamKey
from controlplane.permissions import Permission
from controlplane.quotas import Quota
from controlplane.stations.members import Members
from controlplane.stations.rules import ingest_mount
from controlplane.stations.service import Stations
from controlplane.web.routes import API, Call, Route

USER = "source"
"""Encoders that cannot change it send this; the key alone decides, so any user name will do."""
PLACEHOLDER = "YOUR-STREAM-KEY"
CONTENT_TYPES = ["audio/mpeg", "audio/aac", "audio/ogg"]


def encoder_view(slug: str, audio_url: str, key: str = PLACEHOLDER) -> EncoderView:
    """Return a station's encoder settings, with the key where it is known."""
    address = urlsplit(audio_url)
    host, port = address.hostname or "127.0.0.1", address.port or (443 if address.scheme == "https" else 80)
    mount = ingest_mount(slug)
    return EncoderView(
        host=host,
        port=port,
        mount=mount,
        user=USER,
        url=f"icecast://{USER}:{key}@{host}:{port}{mount}",
        content_types=CONTENT_TYPES,
    )


@dataclass(frozen=True, slots=True)
class StationHandlers:
    """HTTP for a station's set-up: encoder, stream keys, people."""

    stations: Stations
    members: Members
    audio_url: str
    site_url: str

    def routes(self) -> list[Route]:
        """List the routes."""
        station = f"{API}/stations/{{slug}}"
        people, invitations, keys = f"{station}/members", f"{station}/invitations", f"{station}/stream-keys"
        encoder, see = Permission.STATION_READ_ENCODER, Permission.STATION_READ_MEMBERS
        run, own = Permission.STATION_MANAGE_MEMBERS, Permission.STATION_MANAGE_KEYS
        mine, write = Permission.ACCOUNT_MANAGE, Quota.WRITE
        return [
            Route("GET", f"{station}/encoder", encoder, self.encoder, None, EncoderView),
            Route("GET", people, see, self.all_members, None, MembersAnswer),
            Route("PUT", people, run, self.set_member, MemberRequest, MemberView, write),
            Route("DELETE", f"{people}/{{id}}", mine, self.remove_member, None, Done, write),
            Route("GET", invitations, run, self.all_invitations, None, InvitationsAnswer),
            Route("POST", invitations, run, self.invite, InvitationRequest, InvitationView, write),
            Route("DELETE", f"{invitations}/{{id}}", run, self.withdraw, None, Done, write),
            Route("POST", f"{API}/invitations/accept", mine, self.accept, AcceptRequest, AcceptAnswer, write),
            Route("GET", keys, own, self.all_keys, None, KeysAnswer),
            Route("POST", keys, own, self.add_key, KeyRequest, KeyView, write),
            Route("DELETE", f"{keys}/{{id}}", own, self.revoke_key, None, Done, write),
        ]

    async def encoder(self, call: Call) -> EncoderView:
        """Show what to type into OBS, butt or ffmpeg."""
        return encoder_view(self.stations.get(call.slug).slug, self.audio_url)

    async def all_members(self, call: Call) -> MembersAnswer:
        """List who has a role at a station."""
        return MembersAnswer(members=[_member(member) for member in await self.members.all(call.slug)])

    async def set_member(self, call: Call) -> MemberView:
        """Give a user a role at a station, or another one."""
        asked = await call.body(MemberRequest)
        return _member(await self.members.set(call.actor, call.by, call.slug, asked.login, asked.role))

    async def remove_member(self, call: Call) -> Done:
        """Take a user's role at a station away; everybody may give up their own."""
        if call.path["id"] != call.actor.id:
            call.actor.must(Permission.STATION_MANAGE_MEMBERS, call.slug)
        await self.members.remove(call.actor, call.by, call.slug, call.path["id"])
        return Done()

    async def all_invitations(self, call: Call) -> InvitationsAnswer:
        """List a station's invitations."""
        found = await self.members.invitations(call.slug)
        return InvitationsAnswer(invitations=[_invitation(invitation) for invitation in found])

    async def invite(self, call: Call) -> InvitationView:
        """Make a link that gives whoever accepts it first a role at a station."""
        asked = await call.body(InvitationRequest)
        made, token = await self.members.invite(call.by, call.slug, asked.role, asked.expires_in)
        # After the #, so that neither servers nor other pages ever see it.
        return _invitation(made, f"{self.site_url}/studio#invitation={token}")

    async def withdraw(self, call: Call) -> Done:
        """Let an invitation hold no more."""
        await self.members.withdraw(call.by, call.slug, call.path["id"])
        return Done()

    async def accept(self, call: Call) -> AcceptAnswer:
        """Accept an invitation."""
        slug, role = await self.members.accept(call.by, (await call.body(AcceptRequest)).token)
        return AcceptAnswer.model_validate({"station": slug, "role": role})

    async def all_keys(self, call: Call) -> KeysAnswer:
        """List a station's stream keys, revoked ones too."""
        return KeysAnswer(keys=[_key(key) for key in await self.stations.keys(call.slug)])

    async def add_key(self, call: Call) -> KeyView:
        """Make a stream key; it is shown this once."""
        asked = await call.body(KeyRequest)
        record, key = await self.stations.new_key(call.slug, asked.login, asked.label, call.by)
        await self.stations.refresh()
        url = encoder_view(call.slug, self.audio_url, key).url
        return _key(record).model_copy(update={"key": key, "url": url})

    async def revoke_key(self, call: Call) -> Done:
        """Revoke a stream key; an encoder that uses it is cut off within seconds."""
        await self.stations.revoke_key(call.path["id"], call.slug, call.by)
        await self.stations.refresh()
        return Done()


def _member(member: Member) -> MemberView:
    return MemberView.model_validate(asdict(member))


def _invitation(invitation: Invitation, url: str | None = None) -> InvitationView:
    return InvitationView.model_validate(
        {
            "id": invitation.id,
            "role": invitation.role,
            "made_by": invitation.made_by,
            "created_at": invitation.created_at,
            "expires_at": invitation.expires_at,
            "accepted_by": invitation.accepted_by,
            "state": invitation.state(now_ms()),
            "url": url,
        }
    )


def _key(key: StreamKey) -> KeyView:
    return KeyView(
        id=key.id,
        login=key.login,
        host=key.host,
        label=key.label,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )
