from celery import shared_task

from franchise.users.actions.login_codes import forget_login_codes


@shared_task
def forget_old_login_codes() -> int:
    """Login codes name phones and addresses: keep them no longer than the limits need them."""
    return forget_login_codes()
