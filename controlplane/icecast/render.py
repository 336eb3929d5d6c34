"""Renders the running icecast.xml from the one that ops edit. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from controlplane.kernel.errors import ConfigError
from controlplane.kernel.mounts import SOURCE_USER

OWNED = ("authentication", "listen-socket", "paths", "security")
"""Sections that are always ours: they hold secrets, or depend on the rest of the stack."""


@dataclass(frozen=True, slots=True)
class PublicMount:
    """A mount that a pipeline feeds and listeners play.

    Each has an off-air mount of its own to fall back to: Icecast moves everybody on one to whichever mount comes back.
    """

    name: str
    password: str
    burst_bytes: int
    offair_name: str
    offair_password: str


@dataclass(frozen=True, slots=True)
class IngestMount:
    """A mount that an encoder feeds, and the one at which it is heard by the pipeline and by who previews it.

    Nobody may listen to the former. The latter has no source, but falls back to the former; who knows its name is
    let in, without a hook that would need the daemon.
    """

    name: str
    preview_name: str
    preview_password: str


@dataclass(frozen=True, slots=True)
class StationMounts:
    """The mounts of a station."""

    ingest: tuple[IngestMount, ...]
    public: tuple[PublicMount, ...]


@dataclass(frozen=True, slots=True)
class IcecastServer:
    """What the running configuration takes from the rest of the stack."""

    bind: str
    port: int
    directory: Path
    admin_user: str
    admin_password: str
    source_password: str
    hook_url: str
    hook_password: str
    hostname: str
    run_as: tuple[str, str] | None


def icecast_xml(template: bytes, stack: IcecastServer, stations: Iterable[StationMounts]) -> bytes:
    """Return the running configuration; raise ConfigError if the template is not valid."""
    try:
        root = fromstring(template)
    except (ParseError, DefusedXmlException) as error:
        raise ConfigError([f"icecast.xml: not well-formed XML: {error}"]) from error
    if root.tag != "icecast":
        raise ConfigError(["icecast.xml: the outermost element must be <icecast>"])
    for tag in OWNED:
        for element in root.findall(tag):
            root.remove(element)
    _hostname(root, stack)
    for mount in root.findall("mount"):
        if mount.get("type") == "default":
            raise ConfigError(['icecast.xml: <mount type="default"> is the encoders\' and is made by the daemon'])
    _authentication(root, stack)
    _socket(root, stack)
    root.append(_ingest(stack))
    for station in stations:
        root.extend(section for each in station.ingest for section in (_ingest(stack, each.name), _preview(each)))
        root.extend(section for public in station.public for section in (_public(public), _offair(public)))
    _paths(root, stack)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _text(parent: Element, tag: str, value: object) -> None:
    SubElement(parent, tag).text = str(value)


def _hostname(root: Element, stack: IcecastServer) -> None:
    # Icecast writes it into every playlist and list of mounts. Another one in the template is meant.
    named = root.find("hostname")
    if named is None:
        named = SubElement(root, "hostname")
    if stack.hostname and (named.text or "").strip() in {"", "localhost"}:
        named.text = stack.hostname


def _authentication(root: Element, stack: IcecastServer) -> None:
    authentication = SubElement(root, "authentication")
    _text(authentication, "source-password", stack.source_password)
    _text(authentication, "admin-user", stack.admin_user)
    _text(authentication, "admin-password", stack.admin_password)


def _socket(root: Element, stack: IcecastServer) -> None:
    socket = SubElement(root, "listen-socket")
    _text(socket, "port", stack.port)
    _text(socket, "bind-address", stack.bind)


def _ingest(stack: IcecastServer, name: str | None = None) -> Element:
    """Return the mount of a station's encoders, or the default for mounts that are not listed.

    The former is hidden. The latter must not be: Icecast would hide every mount, whatever the mount itself says.
    """
    mount = Element("mount", {"type": "default" if name is None else "normal"})
    if name is not None:
        _text(mount, "mount-name", name)
        _text(mount, "hidden", 1)
        _text(mount, "no-mount", 1)
    _text(mount, "charset", "UTF-8")
    _text(mount, "burst-size", 0)
    authentication = SubElement(mount, "authentication", {"type": "url"})
    for hook in ("stream_auth", "mount_add", "mount_remove"):
        SubElement(authentication, "option", {"name": hook, "value": stack.hook_url})
    SubElement(authentication, "option", {"name": "username", "value": "icecast"})
    SubElement(authentication, "option", {"name": "password", "value": stack.hook_password})
    return mount


def _preview(ingest: IngestMount) -> Element:
    mount = _mount(ingest.preview_name, ingest.preview_password)
    _text(mount, "hidden", 1)
    _text(mount, "burst-size", 0)
    _text(mount, "fallback-mount", ingest.name)
    return mount


def _public(public: PublicMount) -> Element:
    mount = _mount(public.name, public.password)
    _text(mount, "burst-size", public.burst_bytes)
    _text(mount, "fallback-mount", public.offair_name)
    _text(mount, "fallback-override", 1)
    return mount


def _offair(public: PublicMount) -> Element:
    mount = _mount(public.offair_name, public.offair_password)
    _text(mount, "hidden", 1)
    _text(mount, "burst-size", 0)
    return mount


def _mount(name: str, password: str) -> Element:
    mount = Element("mount", {"type": "normal"})
    _text(mount, "mount-name", name)
    _text(mount, "username", SOURCE_USER)
    _text(mount, "password", password)
    _text(mount, "charset", "UTF-8")
    return mount


def _paths(root: Element, stack: IcecastServer) -> None:
    paths = SubElement(root, "paths")
    _text(paths, "basedir", stack.directory)
    _text(paths, "logdir", stack.directory)
    _text(paths, "pidfile", stack.directory / "icecast.pid")
    # Icecast refuses to start without these two, though it serves no files; Debian's package puts them here.
    _text(paths, "webroot", "/usr/share/icecast2/web")
    _text(paths, "adminroot", "/usr/share/icecast2/admin")
    security = SubElement(root, "security")
    _text(security, "chroot", 0)
    if stack.run_as is not None:
        owner = SubElement(security, "changeowner")
        _text(owner, "user", stack.run_as[0])
        _text(owner, "group", stack.run_as[1])
