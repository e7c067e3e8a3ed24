"""Page furniture: what scraped pages carry besides the article.

Comment forms, share bars, newsletter and cookie notices, navigation, credits of the site.  Recognised line by line from
wordings that web templates use; a paragraph of prose is never furniture because it mentions a newsletter.  Gives ranges;
what is done with them is decided elsewhere.
"""

import re

LONGEST = 240  # characters; a longer line is prose, whatever it starts with

# Whole lines, by kind.  Lower case; each must match from the line's first character to its last.
WHOLE_LINES = (
    # comment forms
    r"leave a (?:reply|comment)(?: cancel reply)?|cancel reply|(?:post|add|write|leave) (?:a |your )?comments?|\d* ?comments?(?: \(?\d+\)?)?",
    r"(?:view|show|see|load|read) (?:all |more |the )?(?:\d+ )?comments?.{0,20}|comments? (?:are|is)(?: now)? closed.{0,40}|join the (?:conversation|discussion).{0,60}",
    r"your e-?mail address will not be published\.?.{0,60}|required fields are marked.{0,5}|save my name, e-?mail.{0,100}|notify me of .{0,60}by e-?mail\.?",
    r"(?:log|sign) ?in(?: (?:or|to) .{0,40})?|you must be logged in to .{0,30}|name ?\*|e-?mail ?\*|website|comment ?\*|submit|reply",
    # share bars
    r"(?:share|tweet|pin|print|e-?mail|facebook|twitter|whatsapp|linkedin|reddit|pinterest|telegram|flipboard|copy link|save|like|follow)(?:[\s|•·,/]+(?:this|share|tweet|pin|print|e-?mail|facebook|twitter|x|whatsapp|linkedin|reddit|pinterest|telegram|flipboard|copy link|save|like|follow|more|on|article|story|page|via|and|us))*:?",
    r"(?:click|tap) to (?:share|e-?mail|print|tweet).{0,80}|share (?:this|on|via|with).{0,50}|shares? ?\d*|\d+ shares?|like this:?|like loading.{0,5}|loading\.{0,3}",
    r"follow (?:us|me|him|her|them|@?\w+ ?\w*) on .{0,60}|(?:find|like) us on .{0,40}|get .{0,40} on (?:facebook|twitter|instagram).{0,20}",
    # newsletters, subscriptions, adverts
    r"(?:sign up|subscribe|register)(?: now| today| here| free)?(?: (?:for|to) (?:our|the|your|free|daily|weekly|all|more|push|breaking|news).{0,150})?[.!]?",
    r"(?:get|receive|have) (?:our|the) .{0,60}(?:newsletter|inbox|headlines|alerts).{0,80}|.{0,40}(?:delivered|sent|straight) to your inbox.{0,30}|thank you for (?:subscribing|signing up).{0,60}",
    r"(?:story continues|article continues|continue reading).{0,30}(?:below|advert).{0,20}|continue reading.{0,40}|advertise?ments?|sponsored(?: content)?|paid (?:post|content)|skip ad(?:vert(?:isement)?)?|related(?: (?:articles?|stories|content|topics|posts?|links?|video))?:?",
    r"(?:read|see|watch|click) (?:more|also|next|here)(?: (?:from|on|for|in|about|at).{0,60})?:?|more (?:from|on|in) .{0,40}:?|(?:most (?:popular|read|viewed|shared)|trending(?: now)?|recommended(?: for you)?|you (?:may|might) also like|editor['’]s picks?|don['’]t miss|up next|what to read next).{0,20}",
    # cookies, rights, navigation
    r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our partners)? uses? cookies.{0,180}|(?:accept|reject|manage)(?: all)? (?:cookies|preferences)|by (?:continuing|using|signing up|clicking|subscribing).{0,40}you (?:agree|accept|consent).{0,140}|cookie (?:policy|settings|preferences|notice)",
    r"(?:©|\(c\)|copyright).{0,160}|.{0,80}all rights reserved\.?.{0,80}|terms (?:of (?:use|service)|and conditions)(?:.{0,60})|privacy (?:policy|notice)(?:.{0,60})",
    r"skip to (?:main )?(?:content|navigation).{0,20}|back to top|(?:toggle|open|close|main) (?:navigation|menu|search)|menu|search(?: for:?)?|home ?[|>›»/][^.]*|previous (?:article|post|story).{0,80}|next (?:article|post|story).{0,80}",
    r"(?:filed under|tags?|categories|topics?|posted in|tagged(?: with)?):.{0,150}|(?:\d+ )?min(?:ute)?s? read|enable javascript.{0,80}|please enable .{0,80}|this (?:page|video|content) (?:is|requires|cannot).{0,40}(?:javascript|browser|unavailable|available).{0,60}",
)
_FURNITURE = re.compile("|".join(f"(?:{p})" for p in WHOLE_LINES), re.IGNORECASE)

# A cheap look at a line's first word spares the expression above for nearly all lines.
FIRST_WORDS = frozenset(
    """leave cancel post add write comment comments view show see load read join your required save notify log login sign you name email e-mail
    website submit reply share tweet pin print facebook twitter whatsapp linkedin reddit pinterest telegram flipboard copy like follow click tap shares
    loading find get subscribe register receive have delivered sent straight thank story article continue advertisement advertisements advertisment
    sponsored paid skip related watch more most trending recommended editor editor's don't up what we this our accept reject manage by cookie © ( copyright all
    terms privacy back toggle open close main menu search home previous next filed tag tags categories topic topics posted tagged min minutes
    enable please""".split()
)


def is_furniture(line: str) -> bool:
    """Is `line` page furniture as a whole?

    >>> is_furniture("Leave a Reply"), is_furniture("Leave a reply to the letter unanswered, he said.")
    (True, False)
    """
    line = line.strip()
    return 0 < len(line) <= LONGEST and _FURNITURE.fullmatch(line) is not None
