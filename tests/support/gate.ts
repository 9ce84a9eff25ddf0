/** A way to a server that can be cut off: then bytes go nowhere and nobody hears of it, as when a network fails. */
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface Gate extends AsyncDisposable {
  readonly port: number;
  /** From now on no byte passes; connections stay open. */
  cut(): void;
  /** Bytes pass again, on new connections: those of before end. */
  restore(): void;
}

/** Leads to a port of this machine. */
export async function gateTo(target: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
  };
  const server = createServer((near) => {
    keep(near);
    if (isCut) return void near.on("data", () => {});
    const far = connect(target, "127.0.0.1");
    keep(far);
    const pass = (from: Socket, to: Socket) => {
      from.on("data", (chunk) => {
        if (!isCut) to.write(chunk);
      });
      from.on("close", () => {
        if (!isCut) to.destroy();
      });
    };
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => void (isCut = true),
    restore: () => {
      isCut = false;
      for (const socket of sockets) socket.destroy();
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
