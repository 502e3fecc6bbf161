import time, cProfile, pstats
from tumorboard.tenancy.scope import institution_scope
from cases.services.imports import uploads
from cases.services.imports.fields import guess
from cases.jobs import import_rows
from cases.models import *
from tumorboard.outbox.models import OutboxMessage
from benchmarks.import_rows import table
def test_speed(institution, coordinator):
    N=4000
    with institution_scope(institution):
        t=time.perf_counter()
        f=uploads.upload(name='x.csv',content=table(N),by=coordinator); print('upload',N/(time.perf_counter()-t)); t=time.perf_counter()
        f=uploads.choose_columns(file=f,mapping={c:g.field for c,g in guess(f.columns,{}).items()},by=coordinator); print('check',N/(time.perf_counter()-t))
        from collections import Counter
        print(Counter(ImportRow.objects.values_list('state',flat=True)), list(ImportRow.objects.exclude(errors=[]).values_list('errors',flat=True)[:3]))
        f=uploads.start(file=f,by=coordinator)
        t=time.perf_counter(); 
        pr=cProfile.Profile()
        while f.state!='done':
            if f.done_count==2000: pr.enable()
            import_rows(OutboxMessage.objects.get(pk=f.job).payload); 
            pr.disable()
            f.refresh_from_db()
        print('write',f.done_count/(time.perf_counter()-t), Case.objects.count(), FactAnswer.objects.count())
        pstats.Stats(pr).sort_stats('cumtime').print_stats(45)
