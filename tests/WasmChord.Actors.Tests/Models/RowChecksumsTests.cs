using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public class RowChecksumsTests
{
    private const int Rows = 8, RowBytes = 272;

    private static readonly TensorInfo s_tensor = new(RowChecksums.TensorName, GgmlType.Q8_0, new TensorShape(2, 256, Rows), 0, 4096, 0, Rows * RowBytes);

    [Fact]
    public void Known_RowsThatWereRead_AreWhatALaterRunBeginsWith()
    {
        RowChecksums first = new(s_tensor, [], null);
        Assert.True(Read(first, 5) && Read(first, 2) && Read(first, 5));
        SidecarRow[] known = [.. first.Known()];
        Assert.Equal([2, 5], known.Select(k => k.Row));
        Assert.Equal((2, 0), (first.Taken, first.Overruled));

        RowChecksums second = new(s_tensor, known, "sidecar");
        Assert.Equal(known, second.Known());
        Assert.True(Read(second, 5) && Read(second, 0));
        Assert.Equal([0, 2, 5], second.Known().Select(k => k.Row));
        Assert.Equal(known[1], second.Known().Last());
        Assert.Equal(1, second.Taken);
    }

    [Fact]
    public void TryVerify_RowThatDiffersFromItsFirstRead_IsAnError()
    {
        RowChecksums rows = new(s_tensor, [], null);
        Read(rows, 3);
        WeightsUnavailableException e = Assert.Throws<WeightsUnavailableException>(() => Read(rows, 3, flip: 7));
        Assert.Contains("when it was first read", e.Message);
    }

    [Fact]
    public void TryVerify_TwoReadsThatAgreeWithEachOther_OverruleAnEarlierRunInEverything()
    {
        RowChecksums rows = new(s_tensor, [new SidecarRow(1, 111), new SidecarRow(3, 333)], "the sidecar");
        Assert.False(Read(rows, 3, out string dispute));
        Assert.Contains("the sidecar", dispute);
        Assert.Contains($"{4096 + 3 * RowBytes}", dispute);
        Assert.True(Read(rows, 3));
        Assert.Equal((1, 1), (rows.Overruled, rows.Taken));
        // The other row is not believed either, though nobody has read it.
        Assert.Equal([3], rows.Known().Select(k => k.Row));
        Assert.True(Read(rows, 1));
        Assert.Throws<WeightsUnavailableException>(() => Read(rows, 3, flip: 1));
    }

    [Fact]
    public void TryVerify_ReadThatWasDamaged_IsForgottenWhenTheNextAgreesWithTheEarlierRun()
    {
        RowChecksums earlier = new(s_tensor, [], null);
        Read(earlier, 4);
        RowChecksums rows = new(s_tensor, [.. earlier.Known()], "the sidecar");
        Assert.False(Read(rows, 4, flip: 9));
        Assert.True(Read(rows, 4));
        Assert.Equal((0, 0), (rows.Overruled, rows.Taken));
        Assert.Equal(earlier.Known(), rows.Known());
    }

    [Fact]
    public void TryVerify_TwoReadsThatAgreeWithNothing_AreAnError()
    {
        RowChecksums rows = new(s_tensor, [new SidecarRow(4, 1)], "the sidecar");
        Assert.False(Read(rows, 4, flip: 9));
        Assert.Throws<WeightsUnavailableException>(() => Read(rows, 4, flip: 10));
        Assert.Equal(0, rows.Overruled);
    }

    [Fact]
    public void TryVerify_RowsThatTheTensorDoesNotHave_ArePassedOver()
    {
        RowChecksums rows = new(s_tensor, [new SidecarRow(Rows, 1), new SidecarRow(int.MaxValue, 2)], "the sidecar");
        Assert.Empty(rows.Known());
        Assert.True(Read(rows, Rows - 1));
        Assert.Single(rows.Known());
    }

    [Fact]
    public void TryVerify_PartOfARow_IsNotLookedAt()
    {
        RowChecksums rows = new(s_tensor, [], null);
        Assert.True(rows.TryVerify(s_tensor, 10, new byte[RowBytes], out _));
        Assert.True(rows.TryVerify(s_tensor, 0, new byte[RowBytes - 1], out _));
        Assert.Empty(rows.Known());
    }

    private static bool Read(RowChecksums rows, int row, int flip = -1) => Read(rows, row, out _, flip);

    private static bool Read(RowChecksums rows, int row, out string dispute, int flip = -1)
    {
        byte[] bytes = new byte[RowBytes];
        new Random(row).NextBytes(bytes);
        if (flip >= 0) bytes[flip] ^= 1;
        return rows.TryVerify(s_tensor, (long)row * RowBytes, bytes, out dispute);
    }
}
