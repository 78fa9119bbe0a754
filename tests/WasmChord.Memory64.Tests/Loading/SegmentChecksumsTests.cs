using System.IO.Hashing;

namespace WasmChord.Memory64.Tests.Loading;

public sealed unsafe class SegmentChecksumsTests
{
    private static readonly SegmentTable s_table = CacheBench.Plain(6);

    [Fact]
    public void Verify_SegmentsThatAnEarlierRunRead_AreConfirmedByOneRead()
    {
        SegmentChecksums checksums = With((0, Right(0)), (3, Right(3)));
        Assert.Equal((2, 0, 0), (checksums.Remembered, checksums.FromFile, checksums.Taken));
        Read(checksums, 0);
        Read(checksums, 1);
        Assert.Equal((1, 0), (checksums.Taken, checksums.Overruled));
        Assert.Equal([Right(0), Right(1), null, Right(3), null, null], Known(checksums));
    }

    [Fact]
    public void Verify_SegmentThatDiffersFromItsFirstRead_IsNoDispute()
    {
        SegmentChecksums checksums = With((0, Right(0)));
        Read(checksums, 0);
        Read(checksums, 1);
        foreach (int segment in new[] { 0, 1 })
        {
            ChecksumException e = Assert.Throws<ChecksumException>(() => Read(checksums, segment, flip: 3));
            Assert.False(e.IsDisputed);
            Assert.DoesNotContain("earlier run", e.Message);
        }
    }

    [Fact]
    public void Verify_TwoReadsThatAgreeWithEachOther_OverruleAnEarlierRunInEverythingThatIsNotConfirmed()
    {
        SegmentChecksums checksums = With((0, Right(0)), (1, 17), (2, 18), (3, 19));
        Read(checksums, 0);
        ChecksumException e = Assert.Throws<ChecksumException>(() => Read(checksums, 1));
        Assert.True(e.IsDisputed);
        Assert.Contains("the sidecar", e.Message);
        Read(checksums, 1);
        Assert.Equal((1, 1), (checksums.Overruled, checksums.Taken));
        Assert.Equal([Right(0), Right(1), null, null, null, null], Known(checksums));
        Read(checksums, 2);
        Assert.False(Assert.Throws<ChecksumException>(() => Read(checksums, 1, flip: 0)).IsDisputed);
    }

    [Fact]
    public void Verify_ReadThatWasDamaged_IsForgottenWhenTheNextAgreesWithTheEarlierRun()
    {
        SegmentChecksums checksums = With((2, Right(2)), (4, Right(4)));
        Assert.True(Assert.Throws<ChecksumException>(() => Read(checksums, 2, flip: 100)).IsDisputed);
        Read(checksums, 2);
        Assert.Equal((0, 0), (checksums.Overruled, checksums.Taken));
        Assert.Equal([null, null, Right(2), null, Right(4), null], Known(checksums));
    }

    [Fact]
    public void Verify_TwoReadsThatAgreeWithNothing_AreAnErrorAndTheNextBeginsAnew()
    {
        SegmentChecksums checksums = With((2, Right(2)));
        Assert.True(Assert.Throws<ChecksumException>(() => Read(checksums, 2, flip: 100)).IsDisputed);
        Assert.False(Assert.Throws<ChecksumException>(() => Read(checksums, 2, flip: 101)).IsDisputed);
        Read(checksums, 2);
        Assert.Equal(0, checksums.Overruled);
    }

    [Fact]
    public void Create_OtherRanges_AreNotTakenForThese()
    {
        ModelSidecar sidecar = ModelSidecar.Create([File()], [new SidecarExtent(0, 0, 4095, 1, 1, 0), new SidecarExtent(0, 1, 4096, 1, 1, 0)], []);
        Assert.Equal(0, new SegmentChecksums(s_table, new ChecksumTable([null]), sidecar, "the sidecar").Remembered);
    }

    private static SegmentChecksums With(params (int Segment, ulong? Checksum)[] known) => new(s_table, new ChecksumTable([null]), ModelSidecar.Create(
        [File()], known.Select(k => new SidecarExtent(0, s_table[new SegmentId(k.Segment)].FileOffset, 4096, k.Checksum, 0, 0)), []), "the sidecar");

    private static SidecarFile File() => new(new StorageIdentity(1 << 20, 0, 0, 0), 0, 0, null, 0);

    private static byte[] Bytes(int segment)
    {
        byte[] bytes = new byte[4096];
        new Random(segment).NextBytes(bytes);
        return bytes;
    }

    private static ulong? Right(int segment) => XxHash3.HashToUInt64(Bytes(segment));

    private static void Read(SegmentChecksums checksums, int segment, int flip = -1)
    {
        byte[] bytes = Bytes(segment);
        if (flip >= 0) bytes[flip] ^= 1;
        fixed (byte* p = bytes) checksums.Verify(s_table[new SegmentId(segment)], p, "model");
    }

    private static IEnumerable<ulong?> Known(SegmentChecksums checksums) =>
        s_table.Segments.ToArray().Select(s => checksums.TryGet(s.Id, out ulong checksum) ? checksum : (ulong?)null);
}
