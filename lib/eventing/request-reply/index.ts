export * from './request-reply-ingress';
