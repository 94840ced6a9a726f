import { useState } from "react";
import { ProblemError } from "~/api/client";
import { Button, TextField } from "~/design/controls";
import styles from "./SignIn.module.css";
import { useSignIn } from "./signing";

/** Whether the server wants a key first. */
export function needsKey(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401;
}

/** In the place of every page; the address stays, and is shown afterwards. */
export function SignIn() {
  const [token, setToken] = useState("");
  const signIn = useSignIn();
  const said = signIn.error instanceof ProblemError ? faultOf(signIn.error) : undefined;
  return (
    <main className={styles.place}>
      <title>Sign in · VoiceGateway</title>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate(token.trim());
        }}
      >
        <h1 className={styles.name}>
          <img src="/favicon.svg" alt="" width={28} height={28} />
          VoiceGateway
        </h1>
        <TextField
          label="API key"
          type="password"
          autoComplete="current-password"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          value={token}
          onChange={(event) => {
            setToken(event.target.value);
            signIn.reset();
          }}
          fault={said}
          hint="It is sent once; this browser keeps a cookie of twelve hours instead of it."
        />
        <Button look="primary" type="submit" disabled={signIn.isPending}>
          {signIn.isPending ? "Signing in…" : "Sign in"}
        </Button>
        <p className={styles.hint}>
          No key? Whoever runs the server makes one:
          <code>voicegw keys create NAME --scopes read</code>
        </p>
      </form>
    </main>
  );
}

/** The server's own words are for programs, which send the key with every request. */
function faultOf(error: ProblemError): string {
  return error.status === 401 ? "This key is unknown, expired or revoked." : error.message;
}
