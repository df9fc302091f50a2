"""How the report looks: the house colours, every text at least 4.5 to 1 against what it stands on."""

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 "Segoe UI", system-ui, Arial, sans-serif; color: #1f2933; background: #fff; }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { border-bottom: 0.25rem solid #12436d; padding-top: 1rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 0.25rem; color: #12436d; }
h2 { font-size: 1.35rem; margin: 2.25rem 0 0.5rem; color: #12436d; }
h3 { font-size: 1.05rem; margin: 1rem 0 0.25rem; }
p, ul, ol { margin: 0.25rem 0 0.75rem; }
li { margin-bottom: 0.35rem; }
a { color: #12436d; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: #fff; padding: 0.5rem; }
code { font-family: Consolas, "Liberation Mono", monospace; font-size: 0.85em; overflow-wrap: break-word; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.6rem; border-bottom: 1px solid #c3cad3; }
thead th { border-bottom: 2px solid #12436d; font-size: 0.9rem; }
tbody th { font-weight: normal; }
table.findings { table-layout: fixed; }
.findings th:nth-child(1) { width: 20%; }
.findings th:nth-child(2) { width: 30%; }
.findings th:nth-child(3) { width: 13%; }
.findings th:nth-child(4) { width: 12%; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.plain .number { white-space: nowrap; }
section.stops_linkage h2 { border-left: 0.5rem solid #801650; padding-left: 0.6rem; }
section.stops_a_claim h2 { border-left: 0.5rem solid #b4430b; padding-left: 0.6rem; }
section.worth_a_look h2 { border-left: 0.5rem solid #5b6670; padding-left: 0.6rem; }
.worse, .new { color: #9b1c1c; font-weight: 600; }
.better, .gone { color: #0b5d56; font-weight: 600; }
summary { cursor: pointer; color: #12436d; }
summary:focus-visible, a:focus-visible { outline: 3px solid #f46a25; outline-offset: 2px; }
td p { margin: 0.25rem 0 0; }
footer { border-top: 1px solid #c3cad3; margin-top: 2rem; color: #46525e; font-size: 0.9rem; }
@media (max-width: 48rem) {
  table, tbody, tr, th, td, .findings th:nth-child(1) { display: block; width: 100%; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { border: 1px solid #c3cad3; border-radius: 0.4rem; margin-bottom: 0.75rem; padding: 0.25rem 0; }
  th, td { border: 0; padding: 0.25rem 0.75rem; }
  .number, .plain .number { text-align: left; white-space: normal; }
  td { display: grid; grid-template-columns: 8rem 1fr; gap: 0.5rem; }
  td::before { content: attr(data-label); font-weight: 600; font-size: 0.85rem; color: #46525e; }
  td > div { min-width: 0; overflow-wrap: anywhere; }
}
@media print {
  body { font-size: 9.5pt; }
  header, main, footer { max-width: none; padding: 0; }
  tr, li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible; height: auto; }
  .skip { display: none; }
}
"""
