// Frames, pieces and requests on byte streams: what two nodes say to each other, whatever carries it.
export { BulkChannel } from './bulk-channel.ts';
export { MAX_PIECE_PAYLOAD_BYTES } from './bulk-pieces.ts';
export { FramedStream } from './framed-stream.ts';
