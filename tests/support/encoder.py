"""An encoder like OBS: an ffmpeg process that sends a tone to an Icecast mount."""

import signal
import subprocess
from dataclasses import dataclass
from urllib.parse import quote

from controlplane.kernel.mounts import Slot, ingest_mount
from tests.support import loopback
from tests.support.running_stack import RunningStack

CODECS = {
    "mp3": ["-c:a", "libmp3lame", "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3"],
    "ogg": ["-c:a", "libvorbis", "-b:a", "128k", "-content_type", "application/ogg", "-f", "ogg"],
    "aac": ["-c:a", "aac", "-b:a", "128k", "-content_type", "audio/aac", "-f", "adts"],
}


@dataclass
class Encoder:
    """A running encoder."""

    process: "subprocess.Popen[bytes]"
    stack: RunningStack
    mount: str
    key: str

    @classmethod
    def start(
        cls,
        stack: RunningStack,
        hertz: int = 1010,
        key: str | None = None,
        slug: str = "awaz",
        codec: str = "mp3",
        title: str | None = None,
        slot: Slot = "a",
        loud: str = "1",
        tag: str | None = None,
    ) -> "Encoder":
        """Start sending a tone higher than any in the demo tracks; `loud` is an expression of ffmpeg in `t` seconds."""
        key = key or stack.demo["encoder"]["key"]
        mount = ingest_mount(slug, slot)
        url = f"icecast://source:{key}@127.0.0.1:{stack.icecast_port}{mount}"
        tone = ["-f", "lavfi", "-i", f"sine=frequency={hertz}:sample_rate=44100,volume='{loud}':eval=frame"]
        command = ["ffmpeg", "-v", "error", "-nostdin", "-re", *tone, "-ac", "2", *CODECS[codec]]
        tags = [f"title={title}" if title is not None else None, tag]
        command += [word for each in tags if each is not None for word in ("-metadata", each)] + [url]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return cls(process, stack, mount, key)

    def title(self, text: str | bytes) -> None:
        """Send a title as encoders do; bytes are sent unchanged."""
        song = quote(text)
        url = f"http://127.0.0.1:{self.stack.icecast_port}/admin/metadata?mode=updinfo&mount={self.mount}"
        charset = "&charset=UTF-8" if isinstance(text, str) else ""
        response = loopback.get(f"{url}&song={song}{charset}", auth=("source", self.key), timeout=5)
        response.raise_for_status()

    def freeze(self) -> None:
        """Stop sending without closing the connection."""
        self.process.send_signal(signal.SIGSTOP)

    def refusal(self) -> str:
        """Wait until the process ends by itself; return its error output."""
        _, output = self.process.communicate(timeout=20)
        return output.decode(errors="replace")

    def stop(self) -> None:
        """Kill the process."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()
