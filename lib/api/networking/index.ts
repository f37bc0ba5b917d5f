export * from './cluster-domain-claim';
export * from './ingress';
export * from './serverless-service';
