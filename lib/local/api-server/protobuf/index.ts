export { decodeProtobuf, encodeProtobuf, protobufCodec } from './envelope';
