import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Schema } from "~/api/client";
import { units } from "~/design/format";
import { Short } from "~/design/Short";
import { Duration, Money, useZone, When } from "~/design/values";
import styles from "./request.module.css";
import { LegName, OutcomeBadge } from "./words";

type Row = Schema["Explanation"];

const BASES: Readonly<Record<string, string>> = {
  reported: "reported by the provider",
  measured: "measured here",
  estimated: "estimated",
};

/** Every field of a row. What is unknown says so. */
export function RequestFields({ row }: { row: Row }) {
  return (
    <dl className={styles.fields}>
      {fieldsOf(row).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span className="quiet">–</span>}</dd>
        </div>
      ))}
      <ZoneNote />
    </dl>
  );
}

function ZoneNote() {
  return (
    <div>
      <dt>Times</dt>
      <dd>{useZone().name}</dd>
    </div>
  );
}

function fieldsOf(row: Row): readonly (readonly [string, ReactNode])[] {
  return [
    ["Model", `${row.provider}/${row.model}`],
    ["Leg", <LegName key="leg" modality={row.modality} />],
    ["Outcome", <OutcomeBadge key="outcome" outcome={row.outcome} />],
    ["Error", row.error],
    ["Started", <When key="started" time={row.started_at} />],
    ["Time to first byte", <Duration key="ttfb" ms={row.ttfb_ms} />],
    ["Duration", <Duration key="duration" ms={row.duration_ms} />],
    ["Cost", <Money key="cost" amount={row.cost_usd} />],
    ["Units", units(row.units) || undefined],
    ["Units are", row.unit_basis && (BASES[row.unit_basis] ?? row.unit_basis)],
    ["Verdict", row.verdict?.replaceAll("_", " ")],
    ["Price source", row.price_source],
    ["Fallback from", row.fallback_from],
    ["Attempt", row.attempt],
    ["Project", row.project],
    ["Session", row.session_id && <SessionLink key="session" id={row.session_id} />],
    ["Utterance", row.speech_id && <code key="speech">{row.speech_id}</code>],
    ["Call", <code key="call">{row.call_id}</code>],
    ["Request", <code key="request">{row.id}</code>],
    ...termsOf(row.terms),
  ];
}

function termsOf(terms: Row["terms"]): readonly (readonly [string, ReactNode])[] {
  if (terms === null) return [];
  return [
    ["Mode", terms.mode],
    ["Plan", terms.plan ?? "pay as you go"],
    ["Channels", terms.channels],
    ["Add-ons", terms.addons.join(", ") || undefined],
    ["Service tier", terms.service_tier],
  ];
}

export function SessionLink({ id }: { id: string }) {
  return (
    <Link to="/calls/$session" params={{ session: id }}>
      <Short>{id}</Short>
    </Link>
  );
}
