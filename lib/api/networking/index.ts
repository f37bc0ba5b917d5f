export * from './ingress';
export * from './serverless-service';
