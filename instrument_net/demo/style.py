"""How the page looks: in both themes, and from a telephone's width on."""

STYLE = """
.gradio-container {
  width: 100% !important; max-width: 1240px !important; margin: 0 auto !important;
}
h1 { margin-bottom: 0.2em !important; }
h2 { font-size: 1.15em !important; font-weight: 600; margin: 0.6em 0 0.2em !important; }
summary { cursor: pointer; }
[role=alert] {
  border-left: 4px solid #dc2626; padding: 0.5em 0.8em; font-weight: 600;
  overflow-wrap: anywhere;
}
#note p { margin: 0.2em 0; overflow-wrap: anywhere; }

/* The player's buttons, which are pale by default. */
#player { --neutral-400: #52525b; }
.dark #player { --neutral-400: #d4d4d8; }

/* Every picture is there for both themes. */
.on-dark, .dark .on-light { display: none !important; }
.dark .on-dark { display: block !important; }
.wide img, .narrow img, .panel img { width: 100%; border-radius: 6px; }
.narrow { display: none; }
.panels { display: flex; flex-wrap: wrap; gap: 16px; }
.panel { flex: 1 1 300px; min-width: 0; max-width: 560px; }
@media (max-width: 700px) {
  .wide { display: none; }
  .narrow { display: block; }
  main { padding: 12px !important; }
  h1 { font-size: 1.5em !important; }
}

#files .rows { max-height: 400px; overflow-y: auto; }
/* Also where the system shows scroll bars only while they move: that there is more is seen. */
#files .rows::-webkit-scrollbar { width: 8px; }
#files .rows::-webkit-scrollbar-thumb {
  background: var(--border-color-accent); border-radius: 4px;
}
#files button {
  display: flex; font-weight: 400; flex-wrap: wrap; gap: 0.2em 1em; justify-content: space-between;
  width: 100%; padding: 0.55em 0.8em; margin-bottom: 4px; text-align: left;
  border: 1px solid var(--border-color-primary); border-radius: 6px;
  background: var(--block-background-fill); color: var(--body-text-color);
}
#files button b, #files button span { overflow-wrap: anywhere; min-width: 0; }
#files button b {
  font-weight: 400; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
  overflow: hidden;
}
#files button:hover, #files button[aria-current] { border-color: var(--color-accent); }
#files button[aria-current] { box-shadow: inset 4px 0 0 var(--color-accent); }
#files strong { font-weight: 600; }
#files .problem { font-style: italic; }
"""
