"""The features, one line each. A feature that needs another's service is given it here."""

from controlplane.features.accounts import feature as accounts
from controlplane.features.bots import feature as bots
from controlplane.features.broadcasts import feature as broadcasts
from controlplane.features.chat import feature as chat
from controlplane.features.library import feature as library
from controlplane.features.library.service import build_library
from controlplane.features.likes import feature as likes
from controlplane.features.likes.service import Likes
from controlplane.features.microphone import feature as microphone
from controlplane.features.moderation import feature as moderation
from controlplane.features.onair import feature as onair
from controlplane.features.onair.hearing import Hearing
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.service import StationCallbacks
from controlplane.features.playlists import feature as playlists
from controlplane.features.playout import feature as playout
from controlplane.features.push import feature as push
from controlplane.features.stations import feature as stations
from controlplane.features.stations.service import Stations
from controlplane.features.sync import feature as sync
from controlplane.features.together import feature as together
from controlplane.features.together.service import Together
from controlplane.kit import Feature, Kit


def build_features(kit: Kit) -> tuple[Feature, ...]:
    """Build every feature."""
    directory = Stations(kit.engine, kit.guard.authenticator.cache, kit.clock)
    read_model = ReadModel()
    plans = playout.build_playout(kit.settings, kit.engine, directory, kit.clock)
    tracks = build_library(kit.settings, kit.engine, kit.clock)
    tracks.on_change(plans.library_changed)
    plans.on_passed_over(tracks.could_not_be_played)
    heard = sync.build_sync(kit, read_model)
    rooms = Together(kit.hub, read_model, kit.clock)
    hearing = Hearing(
        heard.taps.connections, heard.heard_at, heard.now_at, reported=(heard.reports.take, rooms.reported)
    )
    on_air = onair.build_on_air(kit, hearing)
    bans = moderation.build_moderation(kit)
    chats = chat.build_chat(kit, read_model, heard.heard_by)
    hearts = Likes(kit.engine, kit.hub, read_model, heard.heard_by, kit.clock)
    on_air.on_station(StationCallbacks(chats.take_on, chats.rooms.remove))
    on_air.on_station(StationCallbacks(hearts.take_on, hearts.let_go))
    on_air.on_station(StationCallbacks(heard.take_on, heard.let_go))
    return (
        accounts.build(kit),
        stations.build(kit, directory),
        moderation.build(bans),
        bots.build(kit),
        library.build(kit, directory, tracks),
        playlists.build(kit, directory, plans.library_changed),
        playout.build(kit, plans),
        onair.build(kit, on_air, directory, read_model, plans),
        sync.build(kit, heard, on_air.delay_ms),
        together.build(kit, rooms),
        chat.build(kit, chats, bans, read_model),
        likes.build(hearts),
        microphone.build(kit, directory, on_air),
        broadcasts.build(kit, directory, on_air),
        push.build(kit, directory, on_air),
    )
