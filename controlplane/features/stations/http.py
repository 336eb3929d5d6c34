"""A station's set-up over HTTP: encoder settings, stream keys, members and invitations."""

from dataclasses import asdict, dataclass

from controlplane.db.invitations import Invitation
from controlplane.db.stations import Member, StreamKey
from controlplane.features.stations.encoder import encoder_view
from controlplane.features.stations.members import Members
from controlplane.features.stations.service import Stations
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, NotFound
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Done
from controlplane.protocol.stations import (
    AcceptAnswer,
    AcceptRequest,
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
    OfferView,
)
from controlplane.web.routes import API, Call, Route, delete, get, post, put

STATION = f"{API}/stations/{{slug}}"


@dataclass(frozen=True, slots=True)
class StationRoutes:
    """Routes of a station's set-up."""

    stations: Stations
    members: Members
    encoder_address: tuple[str, int]
    site_url: str

    def routes(self) -> list[Route]:
        """List the routes."""
        encoder = Permission.STATION_READ_ENCODER
        return [
            get(f"{STATION}/encoder", self.encoder, permission=encoder, quota=Quota.READ, answer=EncoderView),
            *self._of_members(),
            *self._of_invitations(),
            *self._of_keys(),
        ]

    def _of_members(self) -> list[Route]:
        people, see = f"{STATION}/members", Permission.STATION_READ_MEMBERS
        run, mine = Permission.STATION_MANAGE_MEMBERS, Permission.ACCOUNT_MANAGE
        return [
            get(people, self.all_members, permission=see, quota=Quota.READ, answer=MembersAnswer),
            put(
                people,
                self.set_member,
                permission=run,
                quota=Quota.WRITE,
                body=MemberRequest,
                answer=MemberView,
                errors=(Conflict,),
            ),
            delete(
                f"{people}/{{id}}",
                self.remove_member,
                permission=mine,
                quota=Quota.WRITE,
                answer=Done,
                errors=(Conflict,),
            ),
        ]

    def _of_invitations(self) -> list[Route]:
        invitations, run = f"{STATION}/invitations", Permission.STATION_MANAGE_MEMBERS
        return [
            get(invitations, self.all_invitations, permission=run, quota=Quota.READ, answer=InvitationsAnswer),
            post(
                invitations,
                self.invite,
                permission=run,
                quota=Quota.WRITE,
                body=InvitationRequest,
                answer=InvitationView,
            ),
            delete(f"{invitations}/{{id}}", self.withdraw, permission=run, quota=Quota.WRITE, answer=Done),
            post(
                f"{API}/invitations/preview",
                self.preview,
                permission=Permission.PUBLIC,
                quota=Quota.ACCOUNT,
                body=AcceptRequest,
                answer=OfferView,
                errors=(NotFound,),
            ),
            post(
                f"{API}/invitations/accept",
                self.accept,
                permission=Permission.ACCOUNT_MANAGE,
                quota=Quota.WRITE,
                body=AcceptRequest,
                answer=AcceptAnswer,
                errors=(Conflict, NotFound),
            ),
        ]

    def _of_keys(self) -> list[Route]:
        keys, own = f"{STATION}/stream-keys", Permission.STATION_OWN_KEYS
        return [
            get(keys, self.all_keys, permission=own, quota=Quota.READ, answer=KeysAnswer),
            post(
                keys,
                self.add_key,
                permission=own,
                quota=Quota.WRITE,
                body=KeyRequest,
                answer=KeyView,
                errors=(Conflict,),
            ),
            delete(f"{keys}/{{id}}", self.revoke_key, permission=own, quota=Quota.WRITE, answer=Done),
        ]

    async def encoder(self, call: Call) -> EncoderView:
        """Show what to type into OBS, butt or ffmpeg."""
        return encoder_view(self.stations.get(call.slug).slug, self.encoder_address)

    async def all_members(self, call: Call) -> MembersAnswer:
        """List a station's members."""
        return MembersAnswer(members=[_member(member) for member in await self.members.all(call.slug)])

    async def set_member(self, call: Call) -> MemberView:
        """Give a user a role at a station, or another one."""
        asked = await call.body(MemberRequest)
        return _member(await self.members.set(call.actor, call.by, call.slug, asked.login, asked.role))

    async def remove_member(self, call: Call) -> Done:
        """Remove a member's role at a station; everybody may give up their own."""
        if call.path["id"] != call.actor.id:
            call.actor.must(Permission.STATION_MANAGE_MEMBERS, call.slug)
        await self.members.remove(call.actor, call.by, call.slug, call.path["id"])
        return Done()

    async def all_invitations(self, call: Call) -> InvitationsAnswer:
        """List a station's invitations."""
        found = await self.members.invitations(call.slug)
        return InvitationsAnswer(invitations=[_invitation(invitation, self.members.clock) for invitation in found])

    async def invite(self, call: Call) -> InvitationView:
        """Create an invitation: a link that gives a role at a station to the first user who accepts it."""
        asked = await call.body(InvitationRequest)
        made, token = await self.members.invite(call.by, call.slug, asked)
        # After the #, so that neither servers nor other pages ever see it.
        return _invitation(made, self.members.clock, f"{self.site_url}/studio#invitation={token}")

    async def withdraw(self, call: Call) -> Done:
        """Withdraw an invitation."""
        await self.members.withdraw(call.by, call.slug, call.path["id"])
        return Done()

    async def preview(self, call: Call) -> OfferView:
        """Show what an invitation offers, before anybody signs in to accept it."""
        found, station = await self.members.offer((await call.body(AcceptRequest)).token)
        return OfferView.model_validate(
            {
                "station": station.slug,
                "station_name": station.name,
                "role": found.role,
                "made_by": found.made_by,
                "message": found.message,
                "state": found.state(self.members.clock.now_ms()),
            }
        )

    async def accept(self, call: Call) -> AcceptAnswer:
        """Accept an invitation."""
        slug, role = await self.members.accept(call.by, (await call.body(AcceptRequest)).token)
        return AcceptAnswer.model_validate({"station": slug, "role": role})

    async def all_keys(self, call: Call) -> KeysAnswer:
        """List a station's stream keys, revoked ones too; without `station:manage_keys` one's own."""
        found = await self.stations.keys(call.slug)
        if not call.actor.may(Permission.STATION_MANAGE_KEYS, call.slug):
            found = [key for key in found if key.user_id == call.actor.id]
        return KeysAnswer(keys=[_key(key) for key in found])

    async def add_key(self, call: Call) -> KeyView:
        """Create a stream key; it is shown this once. One for somebody else needs `station:manage_keys`."""
        asked = await call.body(KeyRequest)
        if asked.login is not None:
            call.actor.must(Permission.STATION_MANAGE_KEYS, call.slug)
        record, key = await self.stations.new_key(call.slug, asked.login, asked.label, call.by)
        url = encoder_view(call.slug, self.encoder_address, key).url
        return _key(record).model_copy(update={"key": key, "url": url})

    async def revoke_key(self, call: Call) -> Done:
        """Revoke a stream key, one's own or with `station:manage_keys` any; its encoder is cut off within seconds."""
        key_id = call.path["id"]
        if not any(key.id == key_id and key.user_id == call.actor.id for key in await self.stations.keys(call.slug)):
            call.actor.must(Permission.STATION_MANAGE_KEYS, call.slug)
        await self.stations.revoke_key(key_id, call.slug, call.by)
        return Done()


def _member(member: Member) -> MemberView:
    return MemberView.model_validate(asdict(member))


def _invitation(invitation: Invitation, clock: Clock, url: str | None = None) -> InvitationView:
    return InvitationView.model_validate(
        {
            "id": invitation.id,
            "role": invitation.role,
            "made_by": invitation.made_by,
            "note": invitation.note,
            "created_at": invitation.created_at,
            "expires_at": invitation.expires_at,
            "accepted_by": invitation.accepted_by,
            "state": invitation.state(clock.now_ms()),
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
        last_used_at=key.last_used_at,
    )
