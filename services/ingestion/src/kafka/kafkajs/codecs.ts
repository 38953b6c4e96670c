// oxlint-disable-next-line typescript/triple-slash-reference -- an import of a declaration would be left in what is emitted
/// <reference path="./codecs.d.ts" />
/** How producers compress. kafkajs reads gzip alone; a batch in anything else would stop its partition for ever. */
import { decompress as unzstd } from 'fzstd';
import kafkajs from 'kafkajs';
import { decompress as unlz4 } from 'lz4js';
import { uncompress as unsnappy } from 'snappyjs';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** What a Java client writes before its Snappy blocks, each of which has its length in front; others write one bare block. */
const FRAMED = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
/** The magic, and two versions. */
const FRAME_HEADER = 16;

/** Lets kafkajs, in this whole process, read what is compressed by any of Kafka's codecs. */
export function readAllCodecs(): void {
  const codec = (decompress: (bytes: Buffer) => Uint8Array) => () => ({
    compress: () => Promise.reject(new Error('Only gzip can be written.')),
    decompress: (bytes: Buffer) => Promise.resolve(asBuffer(decompress(bytes))),
  });
  CompressionCodecs[CompressionTypes.Snappy] = codec(snappy);
  CompressionCodecs[CompressionTypes.LZ4] = codec(unlz4);
  CompressionCodecs[CompressionTypes.ZSTD] = codec((bytes) => unzstd(bytes));
}

function snappy(bytes: Buffer): Uint8Array {
  if (!bytes.subarray(0, FRAMED.length).equals(FRAMED)) return unsnappy(bytes);
  const blocks: Uint8Array[] = [];
  for (let at = FRAME_HEADER; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    blocks.push(unsnappy(bytes.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(blocks);
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
