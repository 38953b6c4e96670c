/** Whether a server answers a question of its own protocol: an open port is not yet a server that can be used. */
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';

const HOST = '127.0.0.1';
const PATIENCE_MS = 2_000;

export function redisAnswers(port) {
  return asked(port, Buffer.from('PING\r\n'), (answer) => answer.toString('latin1').startsWith('+PONG'));
}

/** Asks for metadata (version 1, no topics): the answer lists the brokers, and a broker is listed once it takes part. */
export function kafkaAnswers(port) {
  const request = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0]);
  return asked(port, request, (answer) => answer.length >= 12 && answer.readInt32BE(8) > 0);
}

/** Asks over HTTP/2 what the server can do; any gRPC answer will do. */
export function eventStoreAnswers(port) {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://${HOST}:${port}`);
    const done = (answers) => {
      session.destroy();
      resolve(answers);
    };
    session.once('error', () => done(false));
    session.setTimeout(PATIENCE_MS, () => done(false));
    const request = session.request({
      ':method': 'POST',
      ':path': '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    request.once('error', () => done(false));
    request.once('response', (headers) => done(headers[':status'] === 200));
    request.end(Buffer.alloc(5));
  });
}

function asked(port, question, isAnswer) {
  return new Promise((resolve) => {
    const chunks = [];
    const socket = connect({ port, host: HOST }, () => socket.write(question));
    const done = (answers) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(PATIENCE_MS, () => done(false));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (isAnswer(Buffer.concat(chunks))) done(true);
      else if (Buffer.concat(chunks).length >= 12) done(false);
    });
  });
}
