/** What a client asks first: which methods there are, and which nodes. */
import type { handleUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
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
import { UNSERVED } from './unserved.ts';

/** The version whose behaviour the node has. */
const VERSION = '23.10.0';
const LEADER = 8;

interface Named {
  readonly definition: ServiceDefinition;
  readonly features?: readonly string[];
}

const NAMED: readonly Named[] = [
  { definition: StreamsService },
  { definition: GossipService },
  { definition: ServerFeaturesService },
  ...UNSERVED,
];

/**
 * Names what is refused, too: for a method that is not named the official client blames the server's age, or takes to HTTP,
 * and never hears that the node does not do it.
 */
export function handleSupportedMethods(): handleUnaryCall<EmptyMessage, SupportedMethodsMessage> {
  const supported = new SupportedMethods().setEventStoreServerVersion(VERSION);
  for (const { definition, features = [] } of NAMED) {
    for (const { path } of Object.values(definition)) {
      // EventStoreDB names them in lower case.
      const [service, method] = path.slice(1).toLowerCase().split('/');
      const named = new SupportedMethod().setServiceName(service!).setMethodName(method!);
      supported.addMethods(named.setFeaturesList([...features]));
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
