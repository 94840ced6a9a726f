import { useEffect, useRef, useState } from "react";

/** Whether the top of a list, where `ref` is, has been scrolled out of sight. */
export function useScrolledAway() {
  const ref = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  useEffect(() => {
    const place = ref.current;
    if (place === null) return undefined;
    const observer = new IntersectionObserver(([entry]) => {
      if (entry) setAway(!entry.isIntersecting && entry.boundingClientRect.top < 0);
    });
    observer.observe(place);
    return () => observer.disconnect();
  }, []);
  return [ref, away] as const;
}
