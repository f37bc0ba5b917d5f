export { createRouteReconciler, type RouteOptions, routeReconciler } from './plan';
