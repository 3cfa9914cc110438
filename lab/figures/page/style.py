"""The looks of a report: one sheet for light and dark, for screens and paper."""

STYLE = """
:root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1d2430;--soft:#5b6472;--line:#e3e0d8;--accent:#b4491f;
--s0:#2f6f9f;--s1:#d0812c;--s2:#4f8f5b;--s3:#9a4f8e;--s4:#b8443c;--s5:#6b6ec0;--s6:#7c6a4a;--s7:#3c9a9a;--real:#8b93a1}
@media (prefers-color-scheme:dark){:root{--paper:#14171c;--card:#1c2027;--ink:#e8e6e1;--soft:#a0a7b3;--line:#31363f;
--accent:#f0956b;
--s0:#6aaedc;--s1:#e9a759;--s2:#7fc08a;--s3:#cf8fc4;--s4:#e88a80;--s5:#a3a6ee;--s6:#c2ac83;--s7:#74cccc;--real:#7d8593}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1040px;margin:0 auto;padding:40px 24px 80px}
header p{color:var(--soft);margin:.3em 0 0;max-width:70ch}
h1{font-size:2rem;line-height:1.15;margin:0;letter-spacing:-.01em;text-wrap:balance}
.eyebrow{font-size:.8rem;letter-spacing:.08em;text-transform:uppercase;color:var(--accent);font-weight:600;margin:0 0 6px}
h2{font-size:1.2rem;margin:44px 0 12px}
.cards{display:flex;flex-wrap:wrap;gap:12px;margin:28px 0 0;padding:0;list-style:none}
.cards li{flex:1 1 118px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 14px}
.cards b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums}
.cards span{color:var(--soft);font-size:.85rem}
figure,.panel{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px;margin:0 0 16px}
figcaption{font-weight:600}
.chart{overflow-x:auto;margin-top:10px}
svg{display:block;width:100%;min-width:520px;height:auto;font-family:inherit}
.tick{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}
.label{font-size:13px;fill:var(--ink)}.value{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}
.grid{stroke:var(--line);stroke-width:1}
polyline{fill:none;stroke-width:2.2;stroke-linejoin:round}
.c0{fill:var(--s0);background:var(--s0)}.c1{fill:var(--s1);background:var(--s1)}.c2{fill:var(--s2);background:var(--s2)}
.c3{fill:var(--s3);background:var(--s3)}.c4{fill:var(--s4);background:var(--s4)}.c5{fill:var(--s5);background:var(--s5)}
.c6{fill:var(--s6);background:var(--s6)}.c7{fill:var(--s7);background:var(--s7)}.real{fill:var(--real);background:var(--real)}
.l0{stroke:var(--s0)}.l1{stroke:var(--s1)}.l2{stroke:var(--s2)}.l3{stroke:var(--s3)}.l4{stroke:var(--s4)}.l5{stroke:var(--s5)}
.l6{stroke:var(--s6)}.l7{stroke:var(--s7)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;margin:6px 0 0;padding:0;font-size:.85rem;color:var(--soft)}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.table{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{padding:6px 12px 6px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}.n{text-align:right}
tr:last-child td{border-bottom:0}
ul.notes{margin:0;padding-left:1.2em}ul.notes li{margin:.3em 0;max-width:80ch}
details summary{cursor:pointer;padding:4px 0}details ul{margin:4px 0 10px;padding-left:1.4em;font-size:.9rem;color:var(--soft)}
.people>summary{font-weight:600}.people>div{max-height:26rem;overflow:auto;margin-top:8px}.people span{color:var(--soft)}
code{font:.9em ui-monospace,Menlo,Consolas,monospace}
footer{margin-top:48px;color:var(--soft);font-size:.85rem}
@media print{body{background:#fff}figure,.panel{break-inside:avoid}}
"""
