import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, bodyOf, ProblemError } from "~/api/client";
import { Button, TextField } from "~/design/controls";
import styles from "./SignIn.module.css";

/** Whether the server wants a key first. */
export function needsKey(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401;
}

/** The key goes to the server once, which answers with a cookie that no script can read. */
export function SignIn() {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const signIn = useMutation({
    mutationFn: () => bodyOf(api.POST("/v1/session", { body: { token: token.trim() } })),
    onSuccess: (session) => {
      setToken("");
      client.clear();
      client.setQueryData(["session"], session);
    },
  });
  const fault = signIn.error instanceof ProblemError ? signIn.error.message : undefined;
  return (
    <main className={styles.place}>
      <title>Sign in · VoiceGateway</title>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate();
        }}
      >
        <h1>VoiceGateway</h1>
        <TextField
          label="API key"
          type="password"
          autoComplete="current-password"
          required
          value={token}
          onChange={(event) => setToken(event.target.value)}
          hint={
            <>
              Made by <code>voicegw keys create NAME --scopes read</code>.
            </>
          }
          fault={fault}
        />
        <Button look="primary" type="submit" disabled={signIn.isPending}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
