/** EventStoreDB's generated messages and services, as the official client ships them: CommonJS, hence no named imports. */
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';

export const { ClusterInfo, EndPoint, MemberInfo } = gossip;
export const { GossipService } = gossipGrpc;
export const { SupportedMethod, SupportedMethods } = features;
export const { ServerFeaturesService } = featuresGrpc;
export const {
  AllStreamPosition,
  Empty,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  StreamIdentifier,
  Timeout,
  UUID,
  WrongExpectedVersion,
  BadRequest,
} = shared;
export const { Status } = status;
export const { AppendResp, BatchAppendResp, DeleteResp, ReadResp, TombstoneResp } = streams;
export const { StreamsService } = streamsGrpc;
/** The same, with `Read` answered in bytes. */
export const STREAMS = {
  ...StreamsService,
  read: { ...StreamsService.read, responseSerialize: (message: Buffer) => message },
};

export type {
  AppendReq,
  AppendResp as AppendRespMessage,
  BatchAppendReq,
  BatchAppendResp as BatchAppendRespMessage,
  DeleteReq,
  DeleteResp as DeleteRespMessage,
  ReadReq,
  ReadResp as ReadRespMessage,
  TombstoneReq,
  TombstoneResp as TombstoneRespMessage,
} from '@eventstore/db-client/generated/streams_pb.js';
export type {
  StreamIdentifier as StreamIdentifierMessage,
  UUID as UuidMessage,
} from '@eventstore/db-client/generated/shared_pb.js';
export type { Status as StatusMessage } from '@eventstore/db-client/generated/status_pb.js';
export type { Empty as EmptyMessage } from '@eventstore/db-client/generated/shared_pb.js';
export type { ClusterInfo as ClusterInfoMessage } from '@eventstore/db-client/generated/gossip_pb.js';
export type { SupportedMethods as SupportedMethodsMessage } from '@eventstore/db-client/generated/serverfeatures_pb.js';
