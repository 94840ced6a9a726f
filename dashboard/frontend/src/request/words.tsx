import type { Schema } from "~/api/client";
import { Badge, type Tone } from "~/design/surfaces";

type Outcome = Schema["LogRow"]["outcome"];
type Modality = Schema["LogRow"]["modality"];

const OUTCOMES: Readonly<Record<Outcome, readonly [Tone, string, string]>> = {
  open: ["accent", "running", "It has not ended yet; units and cost are those so far."],
  completed: ["usual", "completed", "It ended by itself."],
  cancelled: ["warn", "cancelled", "It was cut off: mostly because the caller spoke."],
  failed: ["bad", "failed", "The provider answered with an error, or not at all."],
  abandoned: ["warn", "abandoned", "Its process died; the cost is an estimate."],
};

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const [tone, word, meaning] = OUTCOMES[outcome];
  return (
    <span title={meaning}>
      <Badge tone={tone}>{word}</Badge>
    </span>
  );
}

export function outcomeWord(outcome: Outcome): string {
  return OUTCOMES[outcome][1];
}

export const LEGS: Readonly<Record<Modality, string>> = { stt: "STT", llm: "LLM", tts: "TTS" };

const LEG_NAMES: Readonly<Record<Modality, string>> = {
  stt: "Speech to text",
  llm: "Language model",
  tts: "Text to speech",
};

export function LegName({ modality }: { modality: Modality }) {
  return <abbr title={LEG_NAMES[modality]}>{LEGS[modality]}</abbr>;
}
