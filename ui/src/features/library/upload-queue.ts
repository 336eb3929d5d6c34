import { AwazError } from "../../sdk/errors.ts";
import type { Readable } from "../../sdk/store.ts";

/** How many files are sent at the same time. */
const AT_ONCE = 3;
/** After how long a file is tried again, if nothing says before that the line is back. */
const RETRY_MS = 5_000;

/** `checking`: the server looks at the whole file. `interrupted`: it is tried again by itself. */
export type UploadStatus = "waiting" | "sending" | "checking" | "interrupted" | "done" | "failed";

export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly status: UploadStatus;
  /** Bytes that the server has. */
  readonly sent: number;
  /** Why it failed. */
  readonly problem: unknown;
}

export interface UploadsState {
  readonly uploads: readonly Upload[];
  readonly isPaused: boolean;
}

export interface SendHandlers {
  progress(sent: number): void;
  done(): void;
  failed(error: unknown): void;
}

/** Sends a file, from where an earlier time has ended; returns a function that stops that. */
export type Send = (file: File, handlers: SendHandlers) => () => void;

interface Job extends Upload {
  readonly file: File;
}

/** Files on their way into a library: a few at a time, again where the line has broken, and none while it is paused. */
export class UploadQueue implements Readable<UploadsState> {
  readonly #send: Send;
  readonly #listeners = new Set<() => void>();
  readonly #stops = new Map<number, () => void>();
  #jobs: readonly Job[] = [];
  #isPaused = false;
  #nextId = 1;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #state: UploadsState = { uploads: [], isPaused: false };

  constructor(send: Send) {
    this.#send = send;
  }

  get state(): UploadsState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(files: readonly File[]): void {
    const jobs = files.map((file): Job => {
      const { name, size } = file;
      return { id: this.#nextId++, name, size, file, status: "waiting", sent: 0, problem: undefined };
    });
    this.#jobs = [...this.#jobs, ...jobs];
    this.#go();
  }

  /** Stop sending; what the server has, it keeps. */
  pause(): void {
    if (!this.#jobs.some(isOpen)) return;
    this.#isPaused = true;
    this.#stops.forEach((stop) => stop());
    this.#stops.clear();
    this.#changeAll(isUnderWay, { status: "waiting" });
    this.#tell();
  }

  resume(): void {
    this.#isPaused = false;
    this.#changeAll(({ status }) => status === "interrupted", { status: "waiting" });
    this.#go();
  }

  /** Send a file that failed again. */
  retry(id: number): void {
    this.#change(id, { status: "waiting", problem: undefined });
    this.#go();
  }

  /** Take a file off the list; nothing more of it is sent. */
  remove(id: number): void {
    this.#stop(id);
    this.#jobs = this.#jobs.filter((job) => job.id !== id);
    this.#go();
  }

  /** Take the files off the list that are done or have failed. */
  clear(): void {
    this.#jobs = this.#jobs.filter((job) => isOpen(job));
    this.#tell();
  }

  /** Stop everything, and forget it. */
  close(): void {
    this.#isPaused = false;
    this.#stops.forEach((stop) => stop());
    this.#stops.clear();
    clearTimeout(this.#retry);
    this.#jobs = [];
    this.#tell();
  }

  #go(): void {
    const free = this.#isPaused ? 0 : AT_ONCE - this.#jobs.filter(isUnderWay).length;
    for (const job of this.#jobs.filter(({ status }) => status === "waiting").slice(0, Math.max(0, free))) {
      this.#begin(job);
    }
    this.#tell();
  }

  #begin({ id, file }: Job): void {
    this.#change(id, { status: "sending" });
    const stop = this.#send(file, {
      progress: (sent) => {
        this.#change(id, { sent, status: sent < file.size ? "sending" : "checking" });
        this.#tell();
      },
      done: () => this.#end(id, { status: "done", sent: file.size }),
      failed: (error) => this.#onFailed(id, error),
    });
    this.#stops.set(id, stop);
  }

  #onFailed(id: number, error: unknown): void {
    if (!(error instanceof AwazError && error.retryable)) {
      this.#end(id, { status: "failed", problem: error });
      return;
    }
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#isPaused || this.resume(), Math.max(RETRY_MS, error.retryAfter * 1000));
    this.#end(id, { status: "interrupted" });
  }

  #end(id: number, change: Partial<Job>): void {
    this.#stops.delete(id);
    this.#change(id, change);
    this.#go();
  }

  #stop(id: number): void {
    this.#stops.get(id)?.();
    this.#stops.delete(id);
  }

  #change(id: number, change: Partial<Job>): void {
    this.#changeAll((job) => job.id === id, change);
  }

  #changeAll(which: (job: Job) => boolean, change: Partial<Job>): void {
    this.#jobs = this.#jobs.map((job) => (which(job) ? { ...job, ...change } : job));
  }

  #tell(): void {
    this.#state = { uploads: this.#jobs, isPaused: this.#isPaused };
    this.#listeners.forEach((listener) => listener());
  }
}

function isUnderWay({ status }: Upload): boolean {
  return status === "sending" || status === "checking";
}

/** Whether an upload is not at its end. */
export function isOpen({ status }: Upload): boolean {
  return status !== "done" && status !== "failed";
}

/** The share of all bytes that the server has, from 0 to 1. */
export function shareSent(uploads: readonly Upload[]): number {
  const counted = uploads.filter(({ status }) => status !== "failed");
  const size = counted.reduce((sum, upload) => sum + upload.size, 0);
  return size ? counted.reduce((sum, upload) => sum + upload.sent, 0) / size : 1;
}
