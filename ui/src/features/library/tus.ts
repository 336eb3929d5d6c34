import { defaultOptions, DetailedError, Upload, type PreviousUpload } from "tus-js-client";
import { answerError, noAnswer } from "../../sdk/http.ts";
import type { TokenSource } from "../../sdk/tokens.ts";
import type { SendHandlers } from "./upload-queue.ts";

/** Between two tries, while the server may come back. */
const RETRY_DELAYS_MS = [500, 1_500];
const AUTHORIZATION = "Authorization";
/** The server drops an upload a day after its last part: a bookmark that is older is of no use. */
const KEPT_MS = 24 * 3_600_000;

/** Send a file by tus (https://tus.io), from where an earlier time ended; returns a function that stops that. */
export function sendByTus(endpoint: string, tokens: TokenSource, file: File, handlers: SendHandlers): () => void {
  let isStopped = false;
  let token = "";
  const upload = new Upload(file, {
    endpoint,
    metadata: { filename: file.name },
    retryDelays: RETRY_DELAYS_MS,
    removeFingerprintOnSuccess: true,
    onBeforeRequest: async (request) => {
      token = await tokens.token();
      request.setHeader(AUTHORIZATION, `Bearer ${token}`);
    },
    onShouldRetry: ({ originalResponse }) => {
      const status = originalResponse?.getStatus() ?? 0;
      if (status === 401) tokens.invalidate(token);
      return !isStopped && (status === 0 || (status >= 500 && status !== 507) || [401, 409, 423, 429].includes(status));
    },
    onProgress: (sent) => handlers.progress(sent),
    onSuccess: () => handlers.done(),
    onError: (error) => {
      // A file that was refused is not to be gone on with.
      const status = error instanceof DetailedError ? error.originalResponse?.getStatus() : undefined;
      if (status === 400 || status === 413) void forget(upload);
      handlers.failed(problemOf(error));
    },
  });
  void upload
    .findPreviousUploads()
    .then((before) => {
      const previous = before.at(-1);
      if (isStopped) return;
      if (previous) upload.resumeFromPreviousUpload(previous);
      upload.start();
    })
    .catch((error: unknown) => handlers.failed(error));
  return () => {
    isStopped = true;
    void upload.abort();
  };
}

async function forget(upload: Upload): Promise<void> {
  await remove(await upload.findPreviousUploads());
}

async function remove(uploads: readonly PreviousUpload[]): Promise<void> {
  await Promise.all(uploads.map(({ urlStorageKey }) => defaultOptions.urlStorage.removeUpload(urlStorageKey)));
}

/** Forget the uploads of some files to an endpoint that began in this browser, and did not end. */
export async function forgetUnfinished(endpoint: string, names: ReadonlySet<string>): Promise<void> {
  await remove((await unfinished(endpoint)).filter((each) => names.has(nameOf(each))));
}

/** The names of files whose uploads to an endpoint began in this browser, and did not end. */
export async function unfinishedUploads(endpoint: string): Promise<readonly string[]> {
  return (await unfinished(endpoint)).map(nameOf);
}

function nameOf({ metadata }: PreviousUpload): string {
  return metadata["filename"] ?? "";
}

async function unfinished(endpoint: string): Promise<readonly PreviousUpload[]> {
  const all = await defaultOptions.urlStorage.findAllUploads();
  const isOld = ({ creationTime }: PreviousUpload) => Date.now() - Date.parse(creationTime) > KEPT_MS;
  await remove(all.filter(isOld));
  // tus-js-client's key of a file ends with the endpoint that it goes to.
  const isTo = ({ urlStorageKey }: PreviousUpload) => urlStorageKey.includes(`-${endpoint}::`);
  return all.filter((each) => isTo(each) && !isOld(each));
}

function problemOf(error: Error | DetailedError): unknown {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  return response ? answerError(response.getStatus(), parsed(response.getBody())) : noAnswer();
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
