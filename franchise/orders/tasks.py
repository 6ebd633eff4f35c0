"""Find waiting work and call an action. A message is only a wake-up: the work waits in rows."""

from celery import shared_task

from franchise.orders.actions.uploads import preview_import, run_import
from franchise.orders.queries.imports import files_to_check, files_to_take_in


@shared_task(ignore_result=True)
def check_files() -> None:
    for file_id in files_to_check():
        preview_import(file_id)


@shared_task(ignore_result=True)
def take_in_files() -> None:
    for file_id in files_to_take_in():
        run_import(file_id)
