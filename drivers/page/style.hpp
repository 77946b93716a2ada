// The page's look and its one script.
#pragma once

#include <string_view>

namespace quadot::drivers::page {

/// Each colour of text and of series has a contrast of at least 4.5 to the background in both themes (report_test checks it); neighbours among the eight of
/// the series differ in lightness as well as in hue, and their markers differ anyway.
inline constexpr std::string_view style_sheet = R"css(
:root{color-scheme:light dark;--back:#fdfdfc;--panel:#f3f3f0;--text:#1d1f21;--soft:#565b61;--rule:#d5d5cf;--good:#0b6b3a;--bad:#b3201b;--warn:#835400;--link:#0b57a4;
--s0:#0b5fa5;--s1:#b34700;--s2:#00725a;--s3:#8f2f7d;--s4:#7a5c00;--s5:#00697f;--s6:#b0203f;--s7:#3d4550;--sn:#6b6f75;--fill:#dfe8f0}
@media (prefers-color-scheme:dark){:root{--back:#16181b;--panel:#202328;--text:#e6e6e3;--soft:#a9adb3;--rule:#3a3f46;--good:#5fc98c;--bad:#ff8a80;--warn:#e8b65a;--link:#86bdf5;
--s0:#6db3f2;--s1:#ff9d5c;--s2:#3fcfa5;--s3:#e38fd4;--s4:#e0c04a;--s5:#59cbe0;--s6:#ff8b9e;--s7:#c3cad3;--sn:#8f959d;--fill:#26364a}}
*{box-sizing:border-box}
html{font:17px/1.6 Charter,"Bitstream Charter","Sitka Text",Cambria,"Noto Serif",Georgia,serif;background:var(--back);color:var(--text)}
body{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem;overflow-wrap:break-word}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .25rem;font-weight:600}
h2{font-size:1.3rem;margin:3rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--rule);font-weight:600}
h3{font-size:1.05rem;margin:1.75rem 0 .5rem;font-weight:600}
h3 small,.files{font-weight:400}
small,.lead,figcaption,caption{color:var(--soft)}
.lead{margin:0}
a{color:var(--link)}
nav{margin:1rem 0 0;font-size:.9rem}
nav a{margin-right:1.1rem;white-space:nowrap}
code,pre,script[type]{font:.84em/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
pre,script[type]{background:var(--panel);padding:.8rem 1rem;border-radius:4px;overflow:auto;white-space:pre}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
table,svg text,.strip,.facts,summary,nav,.part{font-family:system-ui,"Segoe UI","Helvetica Neue","DejaVu Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
.strip{display:flex;flex-wrap:wrap;gap:.6rem;list-style:none;padding:0;margin:1.5rem 0 0}
.strip li{flex:1 1 10.5rem;background:var(--panel);border-left:4px solid var(--soft);border-radius:3px;padding:.6rem .9rem;line-height:1.35}
.strip b{display:block;font-size:1.05rem;font-weight:600}
.strip span{font-size:.8rem;color:var(--soft)}
.strip .good{border-color:var(--good)}.strip .good b,span.good{color:var(--good)}
.strip .bad{border-color:var(--bad)}.strip .bad b,strong.bad{color:var(--bad)}
.strip .unknown,.strip .simulated{border-color:var(--warn)}.strip .simulated b,strong.simulated,.warning{color:var(--warn)}
strong.simulated{font-size:.8em;letter-spacing:.04em}
.answer{margin:.25rem 0}
.scroll{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.8rem;line-height:1.4}
caption{text-align:left;padding:.2rem 0;font-size:.78rem;caption-side:bottom}
th,td{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;border-bottom:1px solid var(--rule)}
thead th{font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--rule)}
tbody th{font-weight:400}
th.n,td.n{text-align:right;padding-left:.6rem}
td{white-space:nowrap}
td b{font-weight:600}
.part{display:inline-block;min-width:4.2em;text-align:right;padding:0 .3em;background:linear-gradient(to right,var(--fill) var(--part),transparent var(--part))}
.side{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:0 2rem;align-items:start}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:.5rem 1.75rem;font-size:.84rem;margin:.5rem 0;line-height:1.45}
.facts dt{color:var(--soft);font-size:.74rem}
.facts dd{margin:0;overflow-wrap:anywhere}
figure{margin:1.75rem 0 .5rem}
figcaption{font-size:.86rem;line-height:1.5;max-width:46rem}
.plot{overflow-x:auto}
svg{display:block;width:100%;min-width:35rem;max-width:47.5rem;height:auto}
svg text{font-size:12px;fill:var(--text)}
svg .value{paint-order:stroke;stroke:var(--back);stroke-width:4px;stroke-linejoin:round}
svg .tick,svg .title{fill:var(--soft)}
svg .note{fill:var(--soft);paint-order:stroke;stroke:var(--back);stroke-width:4px;stroke-linejoin:round;font-size:11.5px}
.s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}.s4{--c:var(--s4)}.s5{--c:var(--s5)}.s6{--c:var(--s6)}.s7{--c:var(--s7)}.sn{--c:var(--sn)}
.grid{stroke:var(--rule);stroke-width:1;opacity:.75}.fine{opacity:.35}
.frame{fill:none;stroke:var(--soft);stroke-width:1}
.line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round}
.dashed{stroke-dasharray:6 5}
.band{fill:var(--c);opacity:.15}
.mark{fill:var(--c);stroke:var(--back);stroke-width:1}
.bar{fill:var(--c);opacity:.88}
.fails{fill:none;stroke:var(--bad);stroke-width:2;opacity:1}
.whisker{stroke:var(--c,var(--text));stroke-width:1.5;fill:none}
.ends{stroke:var(--text)}
.guide{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:3 4}
details{margin:.75rem 0}
summary{cursor:pointer;font-size:.86rem;color:var(--soft)}
details.raw script{display:block;max-height:32rem;margin-top:.5rem;overflow:auto}
.sources,.fits{font-size:.86rem;padding-left:1.2rem}
.sources{list-style:none;padding:0;color:var(--soft)}
footer{margin-top:3.5rem;border-top:1px solid var(--rule);padding-top:.75rem;font-size:.82rem;color:var(--soft)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:40rem){html{font-size:16px}body{padding:1.5rem 1rem 3rem}}
@media print{:root{color-scheme:light;--back:#fff;--panel:#f3f3f0;--text:#000;--soft:#444;--rule:#c8c8c2;--good:#0b6b3a;--bad:#b3201b;--warn:#835400;--link:#000;
--s0:#0b5fa5;--s1:#b34700;--s2:#00725a;--s3:#8f2f7d;--s4:#7a5c00;--s5:#00697f;--s6:#b0203f;--s7:#3d4550;--sn:#6b6f75;--fill:#dfe8f0}
html{font-size:11pt}body{max-width:none;padding:0}nav,#raw{display:none}.scroll,.plot{overflow:visible}figure,tr,.strip li,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}
svg{min-width:0;max-width:38rem}td{white-space:normal}td b{white-space:nowrap}table{font-size:.74rem}.part,.strip li,.bar,.band,.mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
)css";

/// Turns the embedded files into links that save them; without it they can still be read. The policy below names its hash (report_test computes it anew).
inline constexpr std::string_view script =
    R"js(for(const link of document.querySelectorAll("a.download")){const text=document.getElementById(link.dataset.from).textContent;link.addEventListener("click",()=>{link.href=URL.createObjectURL(new Blob([text],{type:"application/json"}))});link.href="#raw";link.parentElement.hidden=false})js";
inline constexpr std::string_view script_hash = "sha256-Xjs30qgymPSyCCA0TDXUhYAgYLYeZzTbezcWrBYTivE=";

} // namespace quadot::drivers::page
