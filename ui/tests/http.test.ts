import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { callApi } from "../src/sdk/http.ts";

const servers: ReturnType<typeof createServer>[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

async function answering(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test.each([200, 500])("an answer of status %i that breaks off is an error that says so", async (status) => {
  const url = await answering((response) => {
    response.writeHead(status, { "Content-Length": "100" }).write('{"version":');
    response.socket?.end();
  });
  const code = status === 200 ? "network" : "unexplained";
  await expect(callApi({ method: "GET", url })).rejects.toMatchObject({ code, retryable: true });
});
