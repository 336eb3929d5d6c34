/** Where an encoder connects, and with what. */
export interface Connection {
  readonly slug: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The stream key; undefined until one is made here. */
  readonly key: string | undefined;
  readonly mount: string;
  readonly secondMount: string;
}

/** A stand-in for the key, in what is shown before there is one. */
const NO_KEY = "YOUR-STREAM-KEY";

/** A configuration of butt (0.1.30 and later), which it imports: the station, and its mount for the next host. */
export function buttFile(connection: Connection): string {
  const { slug, mount, secondMount } = connection;
  const servers = [
    [slug, mount],
    [`${slug} next`, secondMount],
  ] as const;
  return `[main]
server = ${slug}
srv_ent = ${servers.map(([name]) => name).join(";")}
num_of_srv = ${servers.length}
icy =
icy_ent =
num_of_icy = 0
song_update = 0

[audio]
samplerate = 44100
bitrate = 128
channel = 2
codec = mp3

${servers.map(([name, path]) => buttServer(connection, name, path)).join("\n")}`;
}

function buttServer({ host, port, user, key = NO_KEY }: Connection, name: string, mount: string): string {
  return `[${name}]
address = ${host}
port = ${port}
password = ${key}
type = 1
tls = 0
mount = ${mount}
usr = ${user}
`;
}

/** A command that broadcasts a file. */
export function ffmpegLine({ host, port, user, key = NO_KEY, mount }: Connection): string {
  const url = `icecast://${user}:${key}@${host}:${port}${mount}`;
  return `ffmpeg -re -i music.mp3 -vn -c:a libmp3lame -b:a 128k -content_type audio/mpeg -f mp3 "${url}"`;
}
