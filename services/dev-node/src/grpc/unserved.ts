/** What EventStoreDB does and the development node does not: every method says so. */
import type { sendUnaryData, ServerUnaryCall, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import monitoring from '@eventstore/db-client/generated/monitoring_grpc_pb.js';
import operations from '@eventstore/db-client/generated/operations_grpc_pb.js';
import persistent from '@eventstore/db-client/generated/persistent_grpc_pb.js';
import projections from '@eventstore/db-client/generated/projections_grpc_pb.js';
import users from '@eventstore/db-client/generated/users_grpc_pb.js';
import { unimplemented } from './refusals.ts';

interface Unserved {
  readonly definition: ServiceDefinition;
  readonly what: string;
  /** What EventStoreDB says that its methods can do. */
  readonly features?: readonly string[];
}

export const UNSERVED: readonly Unserved[] = [
  {
    definition: persistent.PersistentSubscriptionsService,
    what: 'persistent subscriptions',
    features: ['stream', 'all'],
  },
  { definition: projections.ProjectionsService, what: 'projections', features: ['track_emitted_streams'] },
  { definition: users.UsersService, what: 'users' },
  { definition: operations.OperationsService, what: 'operations' },
  { definition: monitoring.MonitoringService, what: 'statistics' },
];

export function refuseAll({ definition, what }: Unserved): UntypedServiceImplementation {
  const refuse = (call: ServerUnaryCall<unknown, unknown>, answer?: sendUnaryData<unknown>) => {
    if (answer) answer(unimplemented(what));
    else call.emit('error', unimplemented(what));
  };
  return Object.fromEntries(Object.keys(definition).map((method) => [method, refuse]));
}
