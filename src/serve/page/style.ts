import { style } from '../../report/html/style.ts'

/** Of the pages: that of the reports, and what these have beside it. */
export const pageStyle: string = `${style}
body { background: linear-gradient(160deg, var(--panel), var(--page) 26rem) no-repeat; min-height: 100vh; }
.head { display: flex; justify-content: space-between; gap: 1rem; } .head p { margin: 0; font-weight: 600; }
.hero { margin: 1.25rem 0; } .hero h1 { font-size: 1.9rem; margin: 0 0 .35rem; } .hero p { margin: 0; color: var(--soft); max-width: 46rem; }
main > .card { margin-top: 1.5rem; }
.card { background: var(--page); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem; margin-bottom: 0; box-shadow: 0 1px 8px #0000000f; }
.card h2 { font-size: 1.05rem; border: 0; padding: 0; margin-bottom: .6rem; }
form.card { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: .9rem 1.5rem; align-items: start; }
.field { display: grid; gap: .25rem; min-width: 0; } .field label { color: var(--text); font-weight: 600; }
.field .row { display: flex; flex-wrap: wrap; gap: .5rem; } .field input, .field select { width: 100%; min-width: 0; min-height: 2.5rem; }
.field .row input { flex: 1 1 9rem; } .field .note { margin: 0; min-height: 1.3em; }
.problem { display: block; color: var(--fail); font-weight: 600; } .problem.told { color: var(--soft); font-weight: 400; } [aria-invalid] { border-color: var(--fail); border-width: 2px; }
.alert { grid-column: 1 / -1; margin: 0; border-left: 5px solid var(--inconclusive); background: var(--panel); padding: .6rem 1rem; border-radius: 4px; }
#problem { border-color: var(--fail); }
.actions { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; }
button, .button { min-height: 2.5rem; } .button { display: inline-block; border: 1px solid var(--soft); border-radius: 4px; padding: .45rem .9rem; text-decoration: none; }
.main { background: var(--link); border-color: var(--link); color: var(--page); font-weight: 600; padding: .4rem 1.6rem; border-radius: 6px; }
button:disabled { opacity: .55; cursor: default; }
progress { width: 100%; height: 1.1rem; accent-color: var(--link); } #running p { margin: .3rem 0; }
.runs { list-style: none; margin: 0; padding: 0; display: grid; gap: .35rem; }
.cards { display: grid; grid-template-columns: repeat(3, 1fr); gap: 1rem; margin: 1.25rem 0 0; }
.cards > div { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem; }
.cards dd span { display: block; } .cards dd .soft { font-size: .875rem; }
tbody th { word-break: keep-all; }
.banner.success { border-color: var(--pass); } .banner.failed { border-color: var(--fail); } .banner.cancelled { border-color: var(--inconclusive); }
@media (max-width: 48rem) { .cards { grid-template-columns: repeat(2, 1fr); gap: .6rem; } .card { padding: 1rem; } .cards > div { padding: .7rem .8rem; } [aria-labelledby=ratings] .number { white-space: normal; } }
@media print { .head, .actions { display: none; } body { background: none; } .card { box-shadow: none; } }
`
