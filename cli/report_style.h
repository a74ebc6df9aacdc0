/* SPDX-License-Identifier: GPL-2.0 */
/* The look of report.html; the colours of the curves are chart.c's. */
#ifndef CLI_REPORT_STYLE_H
#define CLI_REPORT_STYLE_H

static const char report_style[] =
	":root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;"
	"--ink:#1d2126;--soft:#5d6570;--line:#e1e4e9;--bar:#cfe3f3}\n"
	"@media (prefers-color-scheme:dark){:root{--page:#14171b;--card:#1c2026;"
	"--ink:#e4e7eb;--soft:#9aa3ae;--line:#2d333b;--bar:#21435c}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--page);color:var(--ink);"
	"font:15px/1.55 system-ui,sans-serif}\n"
	"main{max-width:1160px;margin:0 auto;padding:32px 20px 64px}\n"
	"h1{font-size:27px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}\n"
	"h2{font-size:18px;margin:36px 0 10px}\n"
	"p{max-width:74ch;margin:8px 0}\n"
	".soft,figcaption,dt,caption{color:var(--soft)}\n"
	"section,figure{background:var(--card);border:1px solid var(--line);"
	"border-radius:10px;padding:14px 18px;margin:0 0 18px;overflow-x:auto}\n"
	"figcaption{margin-bottom:6px}\n"
	"figcaption b{color:var(--ink);font-size:16px}\n"
	"table{border-collapse:collapse;width:100%;"
	"font-variant-numeric:tabular-nums}\n"
	"th,td{padding:6px 8px;text-align:right;white-space:nowrap;"
	"border-bottom:1px solid var(--line)}\n"
	"th{font-size:12.5px;font-weight:600;color:var(--soft)}\n"
	"tbody tr:last-child td{border-bottom:0}\n"
	"tr.first td{border-top:2px solid var(--line)}\n"
	"th.l,td.l{text-align:left}\n"
	"td.bar{background:linear-gradient(90deg,var(--bar) var(--p),"
	"transparent var(--p)) no-repeat 4px center/calc(100% - 8px) 72%}\n"
	"caption{text-align:left;padding:4px 0}\n"
	"dl{display:grid;grid-template-columns:max-content 1fr;"
	"gap:3px 18px;margin:0}\n"
	"dd{margin:0;overflow-wrap:anywhere}\n"
	"code,pre{font:13px/1.5 ui-monospace,monospace}\n"
	"pre{margin:6px 0;white-space:pre-wrap;overflow-wrap:anywhere}\n"
	"details{margin:8px 0}\nsummary{cursor:pointer}\n"
	".pairs{display:flex;flex-wrap:wrap;gap:28px}\n"
	".pairs table{width:auto}\n"
	".chart svg{display:block;width:100%;min-width:560px;height:auto}\n"
	".chart text{fill:var(--soft)}\n"
	".chart [fill='black']{fill:var(--soft)}\n"
	".chart [stroke='black']{stroke:var(--soft)}\n"
	"@media print{body{background:#fff}"
	"section,figure{break-inside:avoid}}\n";

#endif
