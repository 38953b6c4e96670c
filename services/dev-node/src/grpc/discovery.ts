/** What a client asks first: which methods there are, and which nodes. */
import type { handleUnaryCall } from '@grpc/grpc-js';
import {
  ClusterInfo,
  EndPoint,
  GossipService,
  MemberInfo,
  ServerFeaturesService,
  StreamsService,
  SupportedMethod,
  SupportedMethods,
  UUID,
  type ClusterInfoMessage,
  type EmptyMessage,
  type SupportedMethodsMessage,
} from './protocol.ts';

/** The version whose behaviour the node has. */
const VERSION = '23.10.0';
const LEADER = 8;

export function handleSupportedMethods(): handleUnaryCall<EmptyMessage, SupportedMethodsMessage> {
  const supported = new SupportedMethods().setEventStoreServerVersion(VERSION);
  for (const service of [StreamsService, GossipService, ServerFeaturesService]) {
    for (const { path } of Object.values(service)) {
      // EventStoreDB names them in lower case.
      const [serviceName, methodName] = path.slice(1).toLowerCase().split('/');
      supported.addMethods(new SupportedMethod().setServiceName(serviceName!).setMethodName(methodName!));
    }
  }
  return (_call, answer) => answer(null, supported);
}

/** A cluster of this one node, its leader. */
export function handleGossip(
  host: string,
  port: () => number,
  id: string,
): handleUnaryCall<EmptyMessage, ClusterInfoMessage> {
  return (_call, answer) => {
    const member = new MemberInfo()
      .setInstanceId(new UUID().setString(id))
      .setTimeStamp(String(BigInt(Date.now()) * 10_000n))
      .setState(LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new EndPoint().setAddress(host).setPort(port()));
    answer(null, new ClusterInfo().setMembersList([member]));
  };
}
