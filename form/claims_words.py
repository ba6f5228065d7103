"""The words that stand around a figure of a narrative, as fragments of regular expressions.

A clause counts as understood only where these fragments take in every character of it: a word that none of them
knows (`网上`, `解密`, `县教育局`) limits the figure in a way that the statutory tables do not. All text is in half
width and without white space; the years of a report are worded as 上年, 本年, 下年 (see `form.claims_own`).
"""

from __future__ import annotations

import re
from typing import Final

#: the whole of the report's year: none of these limits a figure
TIME: Final = (
    r"(?:20\d\d年?度?|本年度?|今年|当年度?|全年度?|年度内|年内|一年来?|报告期内?|统计期内?|期间|期内|年度"
    r"|(?:上一?年|去年)度?|截[至止](?:到)?(?:本年度?|当年|20\d\d年)?(?:底|年底|年末|末|12月底|12月31日))"
)
PLACE: Final = r"(?:(?:全|我|本)(?:省|市|州|县|区|旗|镇|乡|街道)|全系统|全局系统)"
BODY: Final = (
    r"(?:我|本)(?:机关|单位|部门|局|委|办|办公室|厅|办公厅|院|会|中心|镇|乡|街道|校|馆|处|站|所|队|大队|支队|公司|署)"
    r"|(?:省|市|州|县|区|旗|镇|乡)?本级|(?:省|市|州|县|区|旗|镇|乡)(?:人民)?政府(?:办公厅|办公室|办)?"
    r"|(?:全)?(?:省|市|州|县|区|镇|乡)?各(?:级|地|县区|市州|乡镇)?各?(?:部门|单位)|各级(?:行政机关|政府)?"
    r"|(?:全(?:省|市|州|县|区))?(?:各级)?行政机关|政府(?:系统)?|街道办事处|街道办"
)
ADVERB: Final = (
    r"(?:共计|总共|合计|累计|一共|共|总计|总|已经|已|现已|均|全部"
    r"|依法依规|依法|依规|按时|按期|及时|规范|按(?:照)?(?:规定|要求|程序)"
    r"|按法定程序|妥善|严格|实际|先后|陆续|认真|也|并|且|则|都|同时|另外|另|此外"
    r"|其中(?=新)|在(?:法定|规定)(?:的)?(?:期限|时限|时间)内|圆满|其|为|达到|达|有"
    r"|约|通过各(?:种|类)(?:渠道|方式|途径|形式)|通过(?:多种|各类|不同)(?:渠道|方式|途径|形式)|:|,|对|就)"
)
FRONT: Final = (
    rf"^(?:{TIME}|{PLACE}|{BODY}|{ADVERB}|在?(?:依申请公开|政府信息公开申请)"
    rf"(?:办理|受理)?(?:工作)?(?:方面|中|上)|代表|来|中|内)*"
)
COUNT: Final = (
    r"(?:的|数量|件数|总数量|总数|总量|总件数|量|数|共计|总计|合计|累计"
    r"|共有|共收|共|总|计|为|达到|达|有|是|:|案件|案|申请件|事项|件)*+$"
)
WHOSE: Final = (
    r"(?:各类|各种|公民(?:、|和|或|及)?法人(?:和|或|或者|及|与|以及)?(?:其他|其它)组织(?:的|提出的|提交的|申请的)?"
    r"|(?:社会)?(?:公众|群众)(?:的|提出的|提交的)?|申请人(?:的|提出的|提交的)?|(?:提出|提交)的?|有效|有关|相关)*"
)
OBJECT: Final = (
    r"(?:依申请公开(?:的)?(?:政府|政务)?信息(?:公开)?(?:的)?"
    r"(?:申请)?|(?:政府|政务)?信息依申请公开(?:的)?(?:申请|事项|件)?"
    r"|依申请(?:政府|政务)?信息(?:公开)?(?:的)?(?:申请)?|依申请公开(?:类)?(?:的)?(?:申请|事项|件)?"
    r"|(?:政府|政务)?信息公开(?:类)?(?:的)?(?:依)?申请(?:公开)?|公开(?:政府"
    r"|政务)信息(?:的)?申请|申请公开(?:政府|政务)信息|(?:政府|政务)信息申请公开"
    r"|公开申请|依申请)(?:事项|件)?"
)
LAST: Final = r"(?:上年度?|上一?年度?|去年度?|往年|上一?年)"
NEXT: Final = r"(?:下年度?|下一?个?年度?|次年度?|明年度?|来年)"
#: what may stand between a list's figures
HOLDS: Final = (
    r"(?:另外|另|其中|同时|此外|包?含|包括|还|有|和|及|以及|加上|(?:将|还|尚|另|剩余|其余|余|已)有?|共|申请|,|:)*"
)
PENDING: Final = r"(?:未办结|未办理完毕|尚未办结|继续(?:办理|处理|答复)?|办理|处理|办结|答复|回复)?(?:的|件)?"
INFO: Final = (
    r"(?:因|涉及|关于|有关|针对|涉|在)?(?:政府|政务)?信息(?:依申请)?公开(?:工作|类|领域|方面|事项|申请|答复|案件)*"
    r"(?:引起|引发|产生|提起|涉及|导致)?(?:的)?"
)
SUED: Final = r"(?:被|提起|提出|申请|引发|发生|的|因|各类)*"
GOT: Final = r"(?:收到|新增|新收|涉及|被|提起|提出|申请|发生|引发|办理|应对|有|的|案件|各类)*"
#: nothing but what joins a figure to the one before
ALONE: Final = re.compile(r"^(?:其中|另外|另|其余|余下|余|剩余|剩下|尚|还|已|有|为|的|和|及|以及|共|共计|合计|,|:)*$")


def whole(*cores: str) -> re.Pattern[str]:
    """A clause that is one of the cores and nothing that limits it."""
    return re.compile("|".join(f"(?:{FRONT}{core}{COUNT})" for core in cores))
