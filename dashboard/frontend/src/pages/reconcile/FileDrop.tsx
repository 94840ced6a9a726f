import { type DragEvent, useId, useState } from "react";
import { Button } from "~/design/controls";
import { Notice } from "~/design/surfaces";
import { added, faultOf, MOST_BYTES, MOST_FILES, size } from "./files";
import styles from "./Reconcile.module.css";

type Props = { files: readonly File[]; onChange: (files: File[]) => void };

/** A place for the vendor's exports: dropped, or chosen. */
export function FileDrop({ files, onChange }: Props) {
  const [over, setOver] = useState(false);
  const id = useId();
  const fault = faultOf(files);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onChange(added(files, [...event.dataTransfer.files]));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the input is the first
    <div
      className={styles.drop}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <label htmlFor={id}>The vendor&apos;s exports: drop them here, or choose them.</label>
      <input
        id={id}
        type="file"
        multiple
        aria-describedby={`${id}-limits`}
        onChange={(event) => {
          onChange(added(files, [...(event.target.files ?? [])]));
          event.target.value = "";
        }}
      />
      <p id={`${id}-limits`} className="quiet">
        Up to {MOST_FILES} files and {size(MOST_BYTES)} together. They are read, compared and thrown
        away: nothing is stored.
      </p>
      <ul className={styles.files}>
        {files.map((one) => (
          <li key={one.name}>
            <span>
              {one.name} <span className="quiet">{size(one.size)}</span>
            </span>
            <Button
              look="plain"
              aria-label={`Take away ${one.name}`}
              onClick={() => onChange(files.filter((other) => other !== one))}
            >
              Take away
            </Button>
          </li>
        ))}
      </ul>
      <div role="alert">{fault && <Notice tone="bad">{fault}</Notice>}</div>
    </div>
  );
}
