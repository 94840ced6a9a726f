import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { newQueryClient } from "./api/queries";
import { newRouter } from "./app/router";
import "./design/tokens.css";
import "./design/base.css";

const client = newQueryClient();
const router = newRouter(client);
const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no element #root");

createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
