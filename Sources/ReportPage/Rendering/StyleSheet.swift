/// How a page looks. `light-dark()` follows the reader's choice, and the button where it is pressed.
enum StyleSheet {
  static let text = colours + layout + tables + charts + media

  private static let colours = """
    :root { color-scheme: light dark;
      --paper: light-dark(#f4f6f9, #0e1218); --card: light-dark(#ffffff, #161b23);
      --ink: light-dark(#18212f, #e7ebf2); --soft: light-dark(#53606f, #a4b0c0);
      --line: light-dark(#dce2ea, #2b3441); --faint: light-dark(#edf0f4, #222a35);
      --accent: light-dark(#1459c2, #83b6ff); --bar: light-dark(#d9e7fb, #1f3657);
      --warn: light-dark(#fff4d8, #33290f); --warn-line: light-dark(#b07800, #d9a520);
      --s0: light-dark(#76859a, #8d9cb2); --s1: light-dark(#1d67d2, #5ea2ff);
      --s2: light-dark(#c25a0c, #f0a05a); --s3: light-dark(#0d8062, #46c8a0);
      --s4: light-dark(#8a45b5, #c598f0); --s5: light-dark(#b92f74, #f28abd);
      --q0: light-dark(#eef5fc, #1a2738); --q1: light-dark(#d6e6f6, #1c3654);
      --q2: light-dark(#b6d3ee, #1e4670); --q3: light-dark(#8fbae3, #22578e);
      --q4: light-dark(#6aa3da, #2a69a8); --q5: light-dark(#3373b8, #6ea6de);
      --q6: light-dark(#205ca3, #93c0ec); --q7: light-dark(#134786, #b7d6f5);
      --q8: light-dark(#0a3068, #dcecfc);
      --low: light-dark(#0d1c31, #ffffff); --high: light-dark(#ffffff, #0b1524); }
    :root[data-theme=light] { color-scheme: light; }
    :root[data-theme=dark] { color-scheme: dark; }

    """

  private static let layout = """
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; scroll-padding-top: 4rem; }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    header, nav, main { max-width: 80rem; margin: 0 auto; padding: 0 1.25rem; }
    header { display: flex; gap: 1rem; justify-content: space-between; align-items: flex-start;
      padding-top: 1.75rem; padding-bottom: 1rem; }
    header > div { min-width: 0; }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -.015em;
      overflow-wrap: anywhere; }
    header p { margin: .35rem 0 0; color: var(--soft); overflow-wrap: anywhere;
      white-space: pre-line; }
    h2 { font-size: 1.2rem; margin: 0 0 .9rem; overflow-wrap: anywhere; }
    h2 a { color: inherit; text-decoration: none; }
    h2 a:hover { text-decoration: underline; }
    h3 { font-size: .95rem; margin: 0; overflow-wrap: anywhere; }
    a { color: var(--accent); }
    nav { position: sticky; top: 0; z-index: 3; display: flex; gap: .25rem 1.1rem;
      overflow-x: auto; background: var(--paper); border-bottom: 1px solid var(--line); }
    nav a { padding: .55rem 0; white-space: nowrap; text-decoration: none; font-size: .9rem; }
    nav a:hover { text-decoration: underline; }
    main { padding-top: 1.25rem; padding-bottom: 3rem; outline: none; }
    section { background: var(--card); border: 1px solid var(--line); border-radius: .7rem;
      padding: 1.2rem 1.25rem 1.3rem; margin-bottom: 1.25rem; }
    section > :last-child, .body > :last-child { margin-bottom: 0; }
    p { margin: 0 0 1rem; max-width: 66rem; overflow-wrap: anywhere; }
    .note { color: var(--soft); font-size: .9rem; white-space: pre-line; }
    .warning { background: var(--warn); border-left: 4px solid var(--warn-line);
      border-radius: .3rem; padding: .6rem .8rem; max-width: none; }
    button { font: inherit; color: inherit; background: none; border: 0; cursor: pointer; }
    .theme, .more { flex: none; border: 1px solid var(--line); border-radius: 2rem; padding: .3rem .85rem;
      font-size: .85rem; background: var(--card); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: .2rem; }
    .skip { position: absolute; left: -99rem; background: var(--card); padding: .5rem 1rem;
      z-index: 9; }
    .skip:focus { left: .5rem; top: .5rem; }
    .facts { display: grid; gap: 1.2rem 2.5rem; margin-bottom: 1rem;
      grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); }
    .facts dl { margin: .45rem 0 0; font-size: .9rem; }
    .facts dl div { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: .75rem;
      padding: .28rem 0; border-top: 1px solid var(--faint); }
    dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
    .figures { display: grid; gap: .9rem; margin: 0 0 1rem;
      grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); }
    .figures div { border: 1px solid var(--line); border-radius: .55rem; padding: .7rem .9rem; }
    .figures dt { font-size: .85rem; }
    .figures b { display: block; font-size: 1.65rem; line-height: 1.3; letter-spacing: -.02em;
      font-variant-numeric: tabular-nums; }
    .figures span { color: var(--soft); font-size: .85rem; }
    details { border: 1px solid var(--line); border-radius: .5rem; margin-bottom: .6rem; }
    summary { cursor: pointer; padding: .5rem .8rem; overflow-wrap: anywhere; }
    summary:hover { background: var(--faint); }
    summary .remark { color: var(--soft); margin-left: .6rem; font-size: .9rem; }
    .body { padding: .6rem .8rem .9rem; }

    """

  private static let tables = """
    .data { margin-bottom: 1.25rem; }
    .tools { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: center;
      margin-bottom: .5rem; font-size: .9rem; }
    .tools h3 { margin-right: auto; } .tools output { color: var(--soft); }
    input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
      border-radius: .4rem; padding: .2rem .55rem; width: 14rem; max-width: 100%; }
    .scroll { overflow: auto; max-width: 100%; }
    .data .scroll { max-height: min(38rem, 85vh); border: 1px solid var(--line);
      border-radius: .5rem; }
    table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .88rem; }
    caption { position: absolute; width: 1px; height: 1px; overflow: hidden;
      clip-path: inset(50%); }
    th, td { padding: .34rem .6rem; text-align: left; white-space: nowrap; font-weight: 400;
      border-top: 1px solid var(--faint); }
    tbody tr:first-child > * { border-top: 0; }
    thead th { position: sticky; top: 0; z-index: 1; background: var(--card); padding: 0;
      border: 0; border-bottom: 1px solid var(--line); }
    thead button { display: block; width: 100%; padding: .45rem .6rem; text-align: inherit;
      font-weight: 600; white-space: nowrap; }
    thead small { font-weight: 400; font-size: .85em; color: var(--soft); }
    thead button:hover { background: var(--faint); }
    thead button::after, thead .n button::before { content: ""; display: inline-block;
      width: .75em; margin: 0 .1em; color: var(--accent); }
    thead .n button::after { display: none; }
    [aria-sort=ascending]:not(.n) button::after { content: "↑"; }
    [aria-sort=descending]:not(.n) button::after { content: "↓"; }
    .n[aria-sort=ascending] button::before { content: "↑"; }
    .n[aria-sort=descending] button::before { content: "↓"; }
    .n { text-align: right; font-variant-numeric: tabular-nums; }
    td.n[style] { background-image: linear-gradient(var(--bar), var(--bar));
      background-position: right; background-size: var(--share) 72%;
      background-repeat: no-repeat; }
    tbody tr:hover > * { background-color: var(--faint); }
    .marked > * { background-color: var(--warn); }

    """

  private static let charts = """
    figure { margin: 0 0 1.4rem; }
    figcaption { font-weight: 600; font-size: .95rem; margin-bottom: .35rem;
      overflow-wrap: anywhere; }
    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0;
      margin: 0 0 .4rem; font-size: .86rem; color: var(--soft); }
    .legend li { display: flex; align-items: center; gap: .45rem; }
    .legend i { width: .85rem; height: .85rem; border-radius: .15rem; flex: none; }
    .legend .shape0 { border-radius: 50%; }
    .legend .shape2 { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
    .legend .shape3 { border-radius: 0; transform: rotate(45deg) scale(.8); }
    .legend .front-key { height: 0; width: 2.1rem; border-top: 2px dashed var(--ink); }
    .legend .whisker-key { height: .7rem; width: 1.4rem; border-radius: 0;
      border: solid var(--ink); border-width: 0 1.5px; opacity: .75;
      background: linear-gradient(var(--ink), var(--ink)) center / 100% 1.5px no-repeat; }
    svg { display: block; width: 100%; font-size: 12px; }
    svg text { fill: var(--ink); } svg .tick, svg .title { fill: var(--soft); }
    .grid { stroke: var(--faint); } .axis { stroke: var(--soft); }
    .above { paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
    .reference { stroke: var(--soft); stroke-dasharray: 2 4; }
    .value { font-variant-numeric: tabular-nums; } svg .missing { fill: var(--soft); }
    .s0 { fill: var(--s0); background: var(--s0); } .s1 { fill: var(--s1); background: var(--s1); }
    .s2 { fill: var(--s2); background: var(--s2); } .s3 { fill: var(--s3); background: var(--s3); }
    .s4 { fill: var(--s4); background: var(--s4); } .s5 { fill: var(--s5); background: var(--s5); }
    .whisker { stroke: var(--ink); stroke-width: 1.3; opacity: .75; }
    .through { fill-opacity: .6; }
    .hit { fill: var(--ink); fill-opacity: 0; } .hit.on { fill-opacity: .08; }
    .point { stroke: var(--card); stroke-width: 1; fill-opacity: .85; }
    .point.best { stroke: var(--ink); stroke-width: 1.6; fill-opacity: 1; }
    .point.on { stroke: var(--ink); stroke-width: 3; }
    .front { fill: none; stroke: var(--ink); stroke-width: 1.6; stroke-dasharray: 6 4; }
    .curve { fill: none; stroke-width: 2; } .dash1 { stroke-dasharray: 7 4; }
    .dash2 { stroke-dasharray: 2 3; }
    .c0 { stroke: var(--s0); } .c1 { stroke: var(--s1); } .c2 { stroke: var(--s2); }
    .c3 { stroke: var(--s3); } .c4 { stroke: var(--s4); } .c5 { stroke: var(--s5); }
    .q0 { fill: var(--q0); } .q1 { fill: var(--q1); } .q2 { fill: var(--q2); }
    .q3 { fill: var(--q3); } .q4 { fill: var(--q4); } .q5 { fill: var(--q5); }
    .q6 { fill: var(--q6); } .q7 { fill: var(--q7); } .q8 { fill: var(--q8); }
    svg .t0, svg .t1, svg .t2, svg .t3, svg .t4 { fill: var(--low); pointer-events: none; }
    svg .t5, svg .t6, svg .t7, svg .t8 { fill: var(--high); pointer-events: none; }
    .hatch { stroke: var(--soft); stroke-width: 1.5; opacity: .55; }
    .cell.none, .key.none { stroke: var(--line); }
    .cell.on { stroke: var(--ink); stroke-width: 2.5; }
    .tip { position: fixed; z-index: 5; max-width: min(26rem, 94vw); padding: .4rem .65rem;
      background: var(--ink); color: var(--card); border-radius: .4rem; font-size: .85rem;
      white-space: pre-line; overflow-wrap: anywhere; pointer-events: none; }

    """

  private static let media = """
    [hidden] { display: none !important; }
    @media (max-width: 40rem) {
      header, nav, main { padding-left: .75rem; padding-right: .75rem; }
      section { padding: .9rem .8rem 1rem; }
      h1 { font-size: 1.35rem; }
      .facts dl div { grid-template-columns: 7.5rem minmax(0, 1fr); }
      .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
      .figures div { padding: .5rem .6rem; } .figures b { font-size: 1.25rem; }
      .tools label { width: 100%; } .tools h3 { width: 100%; }
      .data tbody th { max-width: 11rem; overflow: hidden; text-overflow: ellipsis; }
    }
    @media print {
      :root, :root[data-theme] { color-scheme: light; --paper: #fff; }
      body { font-size: 9.5pt; }
      nav, .theme, .more, .tools label, .tools output, .tip, .skip { display: none !important; }
      header, main { max-width: none; padding-left: 0; padding-right: 0; }
      section { border: 0; padding: 0; }
      h2, figcaption, .tools, summary { break-after: avoid; }
      figure, tr, .figures, .facts > div { break-inside: avoid; }
      .scroll, .data .scroll { overflow: visible; max-height: none; border: 0; }
      thead th { position: static; }
      th, td { white-space: normal; overflow-wrap: anywhere; padding: .2rem .4rem; }
      table { font-size: 7.5pt; }
      svg { min-width: 0 !important; }
      .n { white-space: nowrap; }
      details::details-content { content-visibility: visible; block-size: auto; }
      svg rect, svg path, .legend i, td, th { print-color-adjust: exact;
        -webkit-print-color-adjust: exact; }
    }
    """
}
