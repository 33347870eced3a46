import { request, type IncomingHttpHeaders, type RequestOptions } from "node:http";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One HTTP request, byte for byte as said: for what a well-behaved client would never send. */
export function rawRequest(options: RequestOptions & { readonly body?: string | Uint8Array }): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent: false, host: "127.0.0.1", ...options }, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}
