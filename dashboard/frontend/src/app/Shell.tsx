import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useState } from "react";
import { queries } from "~/api/queries";
import { Failure, Waiting } from "~/design/surfaces";
import { useZone, ZoneProvider } from "~/design/values";
import { LiveProvider, useLive } from "~/live/LiveProvider";
import { SignedIn } from "~/pages/signin/SignedIn";
import { needsKey, SignIn } from "~/pages/signin/SignIn";
import styles from "./Shell.module.css";
import { ThemeSwitch } from "./ThemeSwitch";

const PAGES = [
  ["/", "Overview"],
  ["/calls", "Calls"],
  ["/costs", "Costs"],
  ["/latency", "Latency"],
  ["/budgets", "Budgets"],
  ["/reconcile", "Reconcile"],
  ["/plugins", "Providers"],
  ["/projects", "Projects"],
  ["/audit", "Audit log"],
  ["/settings", "Settings"],
] as const;

const STATES = {
  live: "Live",
  connecting: "Reconnecting",
  paused: "Paused",
  broken: "Not live, trying again",
} as const;

/** The frame of every page, for those who are let in. */
export function Shell() {
  const session = useQuery(queries.session());
  const status = useQuery({ ...queries.status(), enabled: session.data !== undefined });
  if (needsKey(session.error)) return <SignIn />;
  if (session.error)
    return <Alone>{<Failure error={session.error} retry={session.refetch} />}</Alone>;
  if (status.error) return <Alone>{<Failure error={status.error} retry={status.refetch} />}</Alone>;
  if (!status.data) return <Alone>{<Waiting what="the ledger's state" />}</Alone>;
  return (
    <ZoneProvider ledger={status.data.timezone}>
      <LiveProvider>
        <Frame version={status.data.version} />
      </LiveProvider>
    </ZoneProvider>
  );
}

function Alone({ children }: { children: React.ReactNode }) {
  return <main className={styles.main}>{children}</main>;
}

function Frame({ version }: { version: string }) {
  const page = useLocation({ select: (location) => location.pathname });
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main">
        To the content
      </a>
      <Side key={page} version={version} />
      <main id="main" className={styles.main} tabIndex={-1}>
        <Outlet />
      </main>
    </div>
  );
}

/** On a phone all but the name and the state is behind a button, and is put away by going to
 * another page. */
function Side({ version }: { version: string }) {
  const [open, setOpen] = useState(false);
  return (
    <header className={styles.side} data-open={open}>
      <div className={styles.top}>
        <Link to="/" className={styles.brand}>
          <img src="/favicon.svg" alt="" width={24} height={24} />
          VoiceGateway
        </Link>
        <div className={styles.aloft}>
          <State />
        </div>
        <button
          type="button"
          className={styles.menu}
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          Menu
        </button>
      </div>
      <div id="menu" className={styles.folded}>
        <nav className={styles.nav} aria-label="Pages">
          {PAGES.map(([to, name]) => (
            <Link key={to} to={to} activeOptions={{ exact: to === "/", includeSearch: false }}>
              {name}
            </Link>
          ))}
        </nav>
        <Foot version={version} />
      </div>
    </header>
  );
}

function State() {
  const { state } = useLive();
  return (
    <div className={styles.state} role="status">
      <span className={styles.dot} data-state={state} />
      {STATES[state]}
    </div>
  );
}

function Foot({ version }: { version: string }) {
  const zone = useZone();
  return (
    <div className={styles.foot}>
      <State />
      <div>Times: {zone.name}</div>
      <div>Version {version}</div>
      <SignedIn />
      <ThemeSwitch />
    </div>
  );
}
