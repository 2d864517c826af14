"""URLs: made absolute, checked, and reduced to the keys under which they are known.

`absolute_url` returns the URL to fetch; `canonical_url` returns a key for it. They
differ: the key omits everything that does not select the page (tracking parameters, AMP,
`http` or `https`, a closing slash), so fetching it may fail. Method: the syntax-based
normalisation of RFC 3986 6.2.2, then rules of publishers' content management systems.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlunsplit

from transforms.normal_forms import normalize
from transforms.url_parts import join_url, split_url

MAX_URL_CHARS = 2048  # browsers, sitemaps.org and CDNs stop at about this length

_DEFAULT_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_WHOLE = re.compile(r"https?://", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN = re.compile(r"[A-Za-z0-9/._~=&-]*")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PLAIN_HOST = re.compile(r"[a-z0-9]{1,60}(?:\.[a-z0-9]{1,60}){1,3}")
# A URL that only needs to be turned into its key, like most URLs in feeds.
_NORMAL = re.compile(
    r"https?://((?:[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?\.){1,3}[a-z0-9]{1,60})"
    r"(/(?![./])(?:[A-Za-z0-9_~=&-]|[./](?![./]))*)(?:\?([A-Za-z0-9/._~=&-]+))?"
)
_EMPTY_SEGMENTS = re.compile(r"/{2,}")
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)

# Parameters that tell the publisher where a reader came from and never select the page: those
# of statistics programs, advertisers, mailing programs and social networks, then of publishers.
_TRACKING_PREFIXES = (
    "utm_", "utm-", "at_", "ito_", "mc_", "mkt_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_",
    "oly_", "vero_", "stm_", "wt.", "ga_", "wt_", "fb_", "__hs", "_hs", "trk_", "itm_", "ns_",
    "bsft_", "id_externo_", "lmd_", "sfmc_",
)  # fmt: skip
_TRACKING = frozenset({
    "__s", "__tn__", "_branch_match_id", "_branch_referrer", "_ga", "_gac", "_gl", "_ke", "_kx",
    "_openstat", "action_object_map", "action_type_map", "awc", "campid", "ceid", "cjdata",
    "cjevent", "click_id", "clickid", "cmp", "cmpid", "cmpid2", "cx_artpos", "cx_experienceid",
    "cx_testid", "cx_testvariant", "dclid", "dicbo", "dm_i", "ecid", "ef_id", "efid", "elq", "elqaid",
    "elqat", "elqcampaignid", "elqtrack", "elqtrackid", "emci", "emdi", "epik", "fbclid", "feedname",
    "feedtype", "gad_campaignid", "gad_source", "gbraid", "gclid", "gclsrc", "guccounter",
    "guce_referrer", "guce_referrer_sig", "hootpostid", "hsctatracking", "icid", "icmpid", "igsh",
    "igshid", "int_campaign", "int_medium", "int_source", "intcid", "intcmp", "irclickid", "irgwc",
    "isappinstalled", "li_fat_id", "lipi", "mibextid", "mkcid", "ml_subscriber",
    "ml_subscriber_hash", "msclkid", "ncid", "nr_email_referer", "ocid", "omnisendcontactid",
    "outbrainclickid", "rb_clickid", "ref_src", "ref_url", "referer", "referrer", "refsrc", "s_cid",
    "s_kwcid", "sc_campaign", "sc_channel", "sc_cid", "sc_eh", "sc_lid", "sc_llid", "sc_src",
    "sc_uid", "shareid", "sharetype", "soc_src", "soc_trk", "spm", "sr_share", "srsltid", "ss_campaign_id",
    "ss_email_id", "sscid", "tblci", "tduid", "trackingid", "traffic_source", "trk", "ttclid", "twclid",
    "usqp", "vgo_ee", "vmcid", "wbraid", "wickedid", "xtcr", "xtmc", "xtor", "xtref", "yclid",
    "ymclid", "ysclid",
    "__vfz", "bxid", "cmp_tu", "cndid", "dcmp", "esrc", "etear", "ex_cid", "fsrc", "ftag", "ftcamp",
    "gaa_at", "gaa_n", "gaa_sig", "gaa_ts", "gepc", "hasha", "hashb", "hashc", "itid", "leadsource",
    "mbid", "mktcid", "mktcval", "referringsource", "reflink", "sara_ecid", "sara_ref", "smid", "smtyp",
    "sref", "srnd", "taid", "tpcc", "wpisrc", "wpmm", "wprss",
})  # fmt: skip
# Words that usually say the same, unless their value is an identifier.
_TRACKING_IF_WORD = frozenset({
    "feature", "from", "ito", "medium", "mod", "origin", "partner", "ref", "rss", "share", "source",
    "src", "via",
})  # fmt: skip
# Values with which those words surely say nothing else: some publishers select a page by
# `mod=viewthread` or `source=archive`, and an address without that leads elsewhere.
_TRAFFIC = frozenset({
    "app", "atom", "email", "facebook", "fb", "feed", "feeds", "googlenews", "instagram", "linkedin",
    "mail", "newsletter", "push", "reddit", "rss", "rssfeed", "share", "social", "telegram", "twitter",
    "whatsapp",
})  # fmt: skip
# Parameters that select the mobile version of a page.
_VERSION = frozenset({"amp", "outputtype"})

# Caches that serve a page of another host: google.com/amp/s/HOST/PATH, ampproject's CDN.
_AMP_CACHE = re.compile(r"/(?:amp/|[cvi]/)(?:s/)?(?=[^/]+\.[^/]+)")
_AMP_ENDING = re.compile(r"(?:/amp(?:/index)?|\.amp)(?=\.html?$|/?$)", re.IGNORECASE)

# The source of texts without a URL, which come from files.
FILES_SOURCE = "files"


def absolute_url(
    url: str, base: str | None = None, *, keeps_credentials: bool = False
) -> str | None:
    """Return the URL to fetch, or None if `url` is not a usable web address.

    It is resolved against `base`, with the host in lower case and IDNA, without fragment and
    default port, and with non-ASCII characters percent-encoded as UTF-8. Unusable are other
    schemes than http and https, a missing host, and more than 2,048 characters. Credentials
    are removed unless the user gave us the URL (`keeps_credentials`).

    >>> absolute_url("../2024/ferry story.html#top", "https://Example.org:443/news/")
    'https://example.org/2024/ferry%20story.html'
    >>> absolute_url("javascript:void(0)", "https://example.org/") is None
    True
    """
    parts = _split(url, base, keeps_credentials=keeps_credentials)
    if parts is None:
        return None
    joined = urlunsplit(parts)
    return joined if len(joined) <= MAX_URL_CHARS else None


def canonical_url(url: str, base: str | None = None) -> str | None:
    """Return the key of a URL, or None if it is unusable.

    >>> canonical_url("HTTP://www.Example.org/a/?utm_source=rss&id=7#comments")
    'https://www.example.org/a?id=7'
    >>> canonical_url("https://amp.example.org/world/ferry.amp.html")
    'https://www.example.org/world/ferry.html'
    """
    normal = _normal_key(url)
    if normal is not None:
        return normal
    parts = _split(url, base)
    return _key(parts) if parts else None


def address_and_key(url: str, base: str | None = None) -> tuple[str, str] | None:
    """Return `absolute_url` and `canonical_url` of a URL, or None if either is None.

    >>> address_and_key("/a/?utm_id=7", "http://example.org")
    ('http://example.org/a/?utm_id=7', 'https://example.org/a')
    """
    normal = _normal_key(url)
    if normal is not None:
        return url, normal
    parts = _split(url, base)
    if parts is None:
        return None
    joined, key = urlunsplit(parts), _key(parts)
    return None if key is None or len(joined) > MAX_URL_CHARS else (joined, key)


def _normal_key(url: str) -> str | None:
    """Return the key of a URL in normal form, None if it needs the full treatment."""
    match = _NORMAL.fullmatch(url) if len(url) < MAX_URL_CHARS else None
    if match is None:
        return None
    host, path = match[1], match[2]
    if "amp" in path.lower() or host.startswith("amp.") or host.endswith("ampproject.org"):
        return None
    query = _essential_query(match[3]) if match[3] else ""
    key = f"https://{host}{path.rstrip('/') or '/'}"
    return f"{key}?{query}" if query else key


def _key(parts: SplitResult) -> str | None:
    path = _EMPTY_SEGMENTS.sub("/", _SESSION.sub("", parts.path))
    parts = _without_amp(parts._replace(path=path))
    path = _EMPTY_SEGMENTS.sub("/", parts.path).rstrip("/") or "/"
    scheme = "https" if parts.port is None else parts.scheme
    joined = urlunsplit((scheme, parts.netloc, path, _essential_query(parts.query), ""))
    return joined if len(joined) <= MAX_URL_CHARS else None


def preferred_url(url: str | None, declared: str | None) -> str | None:
    """Return the canonical key of a page that may declare `rel=canonical`.

    The declared URL wins if it has the same registered domain, or if the page has no
    usable URL of its own. A front page that is declared by another page is ignored: it
    is a mistake in a template. None if neither URL is usable.

    >>> preferred_url("https://m.example.org/a?page=2", "https://www.example.org/a")
    'https://www.example.org/a'
    >>> preferred_url("https://example.org/a", "https://elsewhere.net/a")
    'https://example.org/a'
    """
    own = canonical_url(url) if url else None
    other = canonical_url(declared, url) if declared else None
    if other is None or (_is_front_page(other) and not (own and _is_front_page(own))):
        return own
    is_own_site = own is None or registered_domain(own) == registered_domain(other)
    return other if is_own_site else own


def _is_front_page(url: str) -> bool:
    parts = split_url(url)
    return parts.path == "/" and not parts.query


def source_id(url: str | None, outlet: str | None = None) -> str:
    """Return the key of the source that published a URL: its host without "www.".

    Without a host it is the name of the outlet in lower case; without both, "files".

    >>> source_id("https://www.Harbour-Times.example:8080/rss"), source_id(None)
    ('harbour-times.example', 'files')
    >>> source_id(None, "Harbour Times")
    'harbour times'
    """
    host = _hostname(url or "").removeprefix("www.")
    return host or " ".join((outlet or "").casefold().split()) or FILES_SOURCE


def home_url(url: str | None) -> str | None:
    """Return the address of the site that a URL belongs to, or None if it names no host.

    >>> home_url("https://www.harbour-times.example/news/ferry?id=7")
    'https://www.harbour-times.example/'
    >>> home_url("article-17") is home_url("https://[half/news") is None
    True
    """
    try:
        parts = split_url(url or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else None


def _hostname(url: str) -> str:
    """Return the host in lower case, empty if there is none."""
    try:
        return split_url(url).hostname or ""
    except ValueError:  # "http://[half" has no host
        return ""


def registered_domain(url: str) -> str:
    """Return the part of the host that its owner registered.

    That is the longest match in the Public Suffix List plus one label. Its private part
    counts: two blogs on blogspot.com have two owners. Returns the host itself for an IP
    address, and the last two labels if the list does not contain the ending.

    >>> registered_domain("https://news.example.co.uk/a")
    'example.co.uk'
    >>> registered_domain("https://harbour.blogspot.com/a")
    'harbour.blogspot.com'
    """
    return _domain_of_host(_hostname(url))


@lru_cache(maxsize=8192)  # a lookup takes 20 microseconds, and feeds repeat their host
def _domain_of_host(host: str) -> str:
    labels = host.rstrip(".").split(".")
    if ":" in host or labels[-1].isdigit():
        return host
    from tld import get_fld  # noqa: PLC0415  # takes 60 ms to import, 60 more to read its list

    known = get_fld(f"https://{'.'.join(labels)}", fail_silently=True)
    return known or ".".join(labels[-2:])


def _split(url: str, base: str | None, *, keeps_credentials: bool = False) -> SplitResult | None:
    """Return the normalised parts of the URL, without its fragment."""
    if len(url) > 8 * MAX_URL_CHARS:
        return None
    cleaned = _CONTROL.sub("", url.strip()).strip()
    try:
        is_whole = base is None or _WHOLE.match(cleaned) is not None
        parts = split_url(cleaned if is_whole else join_url(base or "", cleaned))
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    host = _host(parts.hostname or "")
    if scheme not in _DEFAULT_PORTS or host is None:
        return None
    is_default = port is None or port == _DEFAULT_PORTS[scheme]
    netloc = host if is_default else f"{host}:{port}"
    credentials, at, _ = parts.netloc.rpartition("@")
    if at and keeps_credentials:
        netloc = f"{_encoded(credentials, ':!$&()*+,;=%')}@{netloc}"
    # An escaped dot is a dot, so escapes come first.
    path = _without_dots(_encoded(parts.path or "/", "/:@!$&'()*+,;=~%"))
    return SplitResult(scheme, netloc, path, _encoded(parts.query, "/:@!$&'()*+,;=~%?[]"), "")


def _host(host: str) -> str | None:
    """Return the host in ASCII, None if it is invalid."""
    if ":" in host:
        return f"[{host.lower()}]"
    if _PLAIN_HOST.fullmatch(host):
        return host
    folded = normalize("NFKC", host).lower().rstrip(".")
    try:
        labels = [_label(label) for label in folded.split(".")]
    except UnicodeError:
        return None
    whole = ".".join(labels)
    good = all(_HOST_LABEL.fullmatch(label) for label in labels) and len(whole) <= 253
    return whole if good else None


def _label(label: str) -> str:
    """Return one label in ASCII; as in IDNA 2008, the sharp s and final sigma are kept."""
    if label.isascii():
        return label
    if "ß" in label or "ς" in label:
        return "xn--" + label.encode("punycode").decode("ascii")
    return label.encode("idna").decode("ascii")


def _encoded(part: str, safe: str) -> str:
    """Return `part` percent-encoded once; existing escapes are kept, in upper case."""
    if _PLAIN.fullmatch(part):
        return part
    quoted = quote(part, safe=safe, errors="replace")
    return _PERCENT.sub(_plain_octet, re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", quoted))


def _plain_octet(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _without_dots(path: str) -> str:
    """Return `path` without `.` and `..` segments (RFC 3986 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept) or "/"


def _essential_query(query: str) -> str:
    """Return the parameters that may select the page, sorted."""
    pairs = [pair for pair in query.split("&") if pair and not is_tracking(pair)]
    return "&".join(
        sorted(pair for pair in pairs if pair.lower().partition("=")[0] not in _VERSION)
    )


def without_tracking(url: str) -> str:
    """Return a URL without tracking parameters, and otherwise as it is written.

    Anchors that only track are removed too. Unlike `canonical_url`, the result is an address
    that people can open, so a parameter stays if it may select the page.

    >>> without_tracking("http://example.org/a/?id=7&utm_source=rss&page=2#utm_medium=mail")
    'http://example.org/a/?id=7&page=2'
    >>> without_tracking("https://example.org/a?fbclid=x#comments")
    'https://example.org/a#comments'
    """
    rest, anchor_mark, anchor = url.partition("#")
    address, query_mark, query = rest.partition("?")
    if query:
        query = "&".join(pair for pair in query.split("&") if not _only_tracks(pair))
        query_mark = "?" if query else ""
    if "=" in anchor and all(map(_only_tracks, anchor.split("&"))):
        anchor_mark = anchor = ""
    return f"{address}{query_mark}{query}{anchor_mark}{anchor}"


def _only_tracks(pair: str) -> bool:
    name, _, value = pair.lower().removeprefix("amp;").partition("=")
    is_word = name not in _TRACKING_IF_WORD or re.split(r"[^a-z]", value)[0] in _TRAFFIC
    return is_word and is_tracking(pair)


def is_tracking(pair: str) -> bool:
    """Return whether a query parameter (`name=value`) only says where a reader came from.

    >>> is_tracking("utm_source=newsletter"), is_tracking("id=7")
    (True, False)
    """
    name, _, value = pair.lower().removeprefix("amp;").partition("=")  # "&amp;" in a careless feed
    if name in _TRACKING_IF_WORD:
        return not any(character.isdigit() for character in value)
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _without_amp(parts: SplitResult) -> SplitResult:
    """Return the URL of the page behind an accelerated mobile (AMP) copy."""
    host, path = parts.netloc, parts.path
    if host.endswith(".ampproject.org") or (
        path.startswith("/amp/") and registered_domain(f"//{host}").startswith(("google.", "bing."))
    ):
        inner = _AMP_CACHE.match(path)
        unwrapped = _split("https://" + path[inner.end() :], None) if inner else None
        if unwrapped is not None:
            return _without_amp(unwrapped._replace(query=parts.query))
    if host.startswith("amp.") and host.count(".") > 1:
        host = "www." + host.removeprefix("amp.")
    path = _AMP_ENDING.sub("", path) if "amp" in path.lower() else path
    while path.startswith("/amp/"):
        path = path.removeprefix("/amp")
    return parts._replace(netloc=host, path=path or "/")
