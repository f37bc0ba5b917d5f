/** A chart running in this process, in virtual time. */

export type { EventReceiver, TestEvent } from './event';
export type { JobContext, JobEvent, JobHandler, JobStub, ServiceRef, Stub, StubContext, StubHandler } from './stub';
export { Testbed, type TestbedOptions, type TestDuration, type TestRequest } from './testbed';
