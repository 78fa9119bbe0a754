using WasmChord.Memory64.Tests.Layout;

namespace WasmChord.Memory64.Tests.Leases;

public sealed class LayerLeaseTests : IDisposable
{
    private readonly ImageLayout _layout = SyntheticLayers.Small().Place();
    private readonly SlotImage _image;
    private int _quiet;

    public LayerLeaseTests() => _image = new SlotImage(_layout);

    public void Dispose() => _image.Dispose();

    [Fact]
    public void Dispose_Twice_AnnouncesQuietOnce()
    {
        LayerLease lease = Lease();
        lease.Dispose();
        lease.Dispose();
        Assert.False(lease.Revoke());
        Assert.Equal(1, _quiet);
        Assert.False(lease.TryRead(out _));
    }

    [Fact]
    public void Revoke_WhileAThreadReads_IsQuietOnlyOnceItLetsGo()
    {
        LayerLease lease = Lease();
        Assert.True(lease.TryRead(out LeaseReader reader));
        Assert.True(lease.Revoke());
        Assert.Equal(0, _quiet);
        Assert.True(lease.HasReaders);
        Assert.False(lease.TryRead(out _));
        Assert.Equal(lease.Segments[0].ByteLength, reader.Bytes(lease.Segments[0]).Length);
        reader.Dispose();
        reader.Dispose();
        Assert.Equal(1, _quiet);
    }

    [Fact]
    public void Bytes_SegmentOutsideTheLease_IsRefused()
    {
        LayerLease lease = Lease();
        Assert.True(lease.TryRead(out LeaseReader reader));
        Segment foreign = _layout.Segments[new SegmentId(_layout.Segments.Count - 1)];
        ArgumentException? refused = null;
        try
        {
            reader.Address(foreign);
        }
        catch (ArgumentException e)
        {
            refused = e;
        }

        reader.Dispose();
        Assert.Contains("not covered", refused?.Message);
    }

    [Fact]
    public async Task TryRead_RacingWithRevocation_AnnouncesQuietExactlyOnceAndNeverWithAReaderInside()
    {
        for (int round = 0; round < 500; round++)
        {
            int quietBefore = _quiet, inside = 0, violations = 0;
            LayerLease lease = new(new LeaseId(round), 1, _layout.Segments.Segments[..1], _image, _ =>
            {
                if (Volatile.Read(ref inside) != 0) Interlocked.Increment(ref violations);
                Interlocked.Increment(ref _quiet);
            });
            Task[] readers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                for (int i = 0; i < 20; i++)
                {
                    if (!lease.TryRead(out LeaseReader reader)) return;
                    Interlocked.Increment(ref inside);
                    Interlocked.Decrement(ref inside);
                    reader.Dispose();
                }
            }))];
            lease.Revoke();
            await Task.WhenAll(readers);
            Assert.Equal(quietBefore + 1, _quiet);
            Assert.Equal(0, violations);
        }
    }

    [Fact]
    public void Renew_QuietLease_ShowsTheNewSegmentsAndIsAnnouncedAgain()
    {
        LayerLease lease = Lease();
        lease.Dispose();
        Segment[] segments = [.. _layout.Segments.Segments[1..3]];
        foreach (Segment s in segments) _image.Commit(s, default);
        lease.Renew(new LeaseId(2), 5, segments, _image);
        Assert.Equal((new LeaseId(2), 5L, false), (lease.Id, lease.Generation, lease.IsEnded));
        Assert.Equal(segments, lease.Segments.ToArray());
        Assert.True(lease.TryRead(out LeaseReader reader));
        Assert.Equal(segments[1].ByteLength, reader.Bytes(segments[1]).Length);
        bool coversTheOld = true;
        try
        {
            reader.Address(_layout.Segments[new SegmentId(0)]);
        }
        catch (ArgumentException)
        {
            coversTheOld = false;
        }

        reader.Dispose();
        Assert.False(coversTheOld);
        lease.Dispose();
        Assert.Equal(2, _quiet);
        // Fewer segments than before: none of the earlier ones shows.
        lease.Renew(new LeaseId(3), 5, segments.AsSpan(0, 1), _image);
        Assert.Equal(segments[..1], lease.Segments.ToArray());
    }

    [Fact]
    public void Renew_LeaseThatIsOpenOrBeingRead_IsAnError()
    {
        LayerLease lease = Lease();
        Assert.Throws<InvalidOperationException>(() => lease.Renew(new LeaseId(2), 1, [], _image));
        Assert.True(lease.TryRead(out LeaseReader reader));
        lease.Dispose();
        Assert.Throws<InvalidOperationException>(() => lease.Renew(new LeaseId(2), 1, [], _image));
        reader.Dispose();
        lease.Renew(new LeaseId(2), 1, lease.Segments, _image);
        Assert.False(lease.IsEnded);
    }

    private LayerLease Lease()
    {
        Segment first = _layout.Segments[new SegmentId(0)];
        _image.Commit(first, default);
        return new LayerLease(new LeaseId(1), 1, [first], _image, _ => _quiet++);
    }
}
