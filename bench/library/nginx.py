"""nginx with WebDAV, which takes a file by PUT."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.running_stack import free_port
from tests.support.waiting import wait_until

PACKAGE = "nginx-light"


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """Run nginx in a directory, and give its address; raise RuntimeError if it is not installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise RuntimeError(f"nginx is needed beside ours: apt install {PACKAGE}")
    port = free_port()
    (directory / "files").mkdir(parents=True)
    (directory / "temporary").mkdir()
    configuration = directory / "nginx.conf"
    configuration.write_text(_configuration(directory, port))
    process = subprocess.Popen([program, "-c", str(configuration), "-p", str(directory)], stderr=subprocess.DEVNULL)
    try:
        wait_until((directory / "nginx.pid").exists)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _configuration(directory: Path, port: int) -> str:
    return f"""
daemon off; worker_processes 1; user root; pid {directory}/nginx.pid; error_log stderr;
events {{}}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {directory}/temporary;
  proxy_temp_path {directory}/p; fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u;
  scgi_temp_path {directory}/s;
  server {{ listen 127.0.0.1:{port}; root {directory}/files; location / {{ dav_methods PUT; }} }}
}}
"""
