"""What agents may see of a buyer: enough to recognise an order, too little to find the person."""

import re

STARS = "***"
# The street's name may be seen, what follows it may not.
_STREET = re.compile(r"^[^\d０-９#＃\-]{1,12}?(?:大道|大街|公路|路|街|巷|道|村|里|弄)")


def name(full: str) -> str:
    """李小明 is 李**."""
    return f"{full[0]}**" if full else ""


def phone(number: str) -> str:
    """13800002046 is 138****2046; anything shorter shows nothing but its end."""
    if len(number) < 11:
        return f"****{number[-2:]}" if number else ""
    return f"{number[:3]}****{number[-4:]}"


def street(text: str) -> str:
    """松山湖大道 18 号 3 栋 is 松山湖大道***; without a street's name nothing is left but stars."""
    found = _STREET.match(text.strip())
    return f"{found[0]}{STARS}" if found else STARS
