// SPDX-License-Identifier: Apache-2.0

/// The style sheet as it is served, for pages that are written into files.
public let pageStyleSheet = styleSheet

/// The one style sheet: system fonts, light and dark by the reader's own setting, no picture and no
/// font to load.
let styleSheet = """
    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ink: #1d2127; --quiet: #59626e; --line: #d5dae1; --bar: #2f6fb2;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15181c; --ink: #e6e9ed; --quiet: #a3acb8; --line: #353b44; --bar: #6aa5e0;
      }
    }
    body { margin: 0; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; }
    main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
    h1 { font-size: 1.6rem; margin: 0 0 0.5rem; }
    h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
    p { margin: 0.5rem 0; max-width: 44rem; }
    .quiet, caption { color: var(--quiet); }
    .figure { font-size: 2.2rem; font-variant-numeric: tabular-nums; margin: 0; }
    /* A shadow at the side where a wide table goes on. */
    .wide { overflow-x: auto; background:
      linear-gradient(to right, var(--paper) 40%, transparent) left / 2rem 101% no-repeat local,
      linear-gradient(to left, var(--paper) 40%, transparent) right / 2rem 101% no-repeat local,
      linear-gradient(to right, var(--line), transparent) left / 0.8rem 100% no-repeat scroll,
      linear-gradient(to left, var(--line), transparent) right / 0.8rem 100% no-repeat scroll; }
    table { border-collapse: collapse; margin: 0.5rem 0; font-variant-numeric: tabular-nums; }
    caption { text-align: left; padding: 0.3rem 0; }
    th, td { text-align: left; padding: 0.3rem 1.2rem 0.3rem 0; }
    th, td { border-bottom: 1px solid var(--line); }
    th { font-weight: 600; }
    .number { text-align: right; }
    .number, .fixed { white-space: nowrap; }
    .chart { width: 100%; max-width: 40rem; display: block; margin: 0.5rem 0; }
    .chart.scaled { height: auto; }
    .chart .bar { fill: var(--bar); }
    .chart .label, .chart .value { fill: var(--ink); font-size: 13px; }
    .chart .label { text-anchor: end; }
    .chart .line { fill: none; stroke: var(--bar); stroke-width: 2; }
    .chart .band { fill: var(--bar); opacity: 0.22; }
    .chart .dot { fill: var(--bar); }
    .chart .grid { stroke: var(--line); stroke-width: 1; }
    .chart .tick { fill: var(--quiet); font-size: 12px; }
    .chart .end { text-anchor: end; }
    .chart .hover { fill: transparent; }
    .chart g:hover .hover { fill: var(--quiet); opacity: 0.12; }
    h3 { font-size: 1rem; margin: 1.2rem 0 0.4rem; }
    details { margin: 0.5rem 0; }
    summary { color: var(--quiet); cursor: pointer; }
    .ways a { margin-right: 1rem; color: var(--bar); }
    @media (max-width: 40rem) {
      .chart .tick { font-size: 21px; }
      th, td { padding-right: 0.7rem; }
    }

    """
