import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type SearchSchemaInput,
} from "@tanstack/react-router";
import { readSearch, type Search } from "~/filters/search";
import { MissingPage } from "./MissingPage";
import { Shell } from "./Shell";

type Written = Search & Record<string, unknown> & SearchSchemaInput;

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage });

/** A page of its own chunk, loaded when it is first gone to. */
const page = <P extends string>(path: P, load: () => Promise<{ default: () => React.ReactNode }>) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (raw: Written): Search => ({ ...raw, ...cleared, ...readSearch(raw) }),
    component: lazyRouteComponent(load),
  });

// A filter that is not understood does not stay in the URL as if it applied.
const cleared = {
  period: undefined,
  start: undefined,
  end: undefined,
  project: undefined,
  modality: undefined,
  status: undefined,
  view: undefined,
  axis: undefined,
  by: undefined,
  rows: undefined,
  measure: undefined,
};

const tree = root.addChildren([
  page("/", () => import("~/pages/overview/Overview")),
  page("/calls", () => import("~/pages/calls/Calls")),
  page("/calls/$session", () => import("~/pages/receipt/Receipt")),
  page("/costs", () => import("~/pages/costs/Costs")),
  page("/latency", () => import("~/pages/latency/Latency")),
  page("/budgets", () => import("~/pages/budgets/Budgets")),
  page("/reconcile", () => import("~/pages/reconcile/Reconcile")),
  page("/plugins", () => import("~/pages/plugins/Plugins")),
  page("/projects", () => import("~/pages/projects/Projects")),
  page("/audit", () => import("~/pages/audit/Audit")),
  page("/settings", () => import("~/pages/settings/Settings")),
]);

export function newRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: "intent",
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof newRouter>;
  }
}
