namespace WasmChord.Memory64.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("4096", 4096)]
    [InlineData("4096B", 4096)]
    [InlineData("512MiB", 536_870_912)]
    [InlineData("1GiB", 1_073_741_824)]
    [InlineData("1.5GiB", 1_610_612_736)]
    [InlineData(" 1.5 gib ", 1_610_612_736)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("2.5MB", 2_500_000)]
    [InlineData("3kB", 3_000)]
    [InlineData("3KiB", 3_072)]
    [InlineData("1TiB", 1_099_511_627_776)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("0.1KiB", 102)]
    [InlineData("8388607TiB", 9_223_370_937_343_148_032)]
    public void Parse_Size_IsItsBytes(string text, long bytes)
    {
        Assert.Equal(bytes, ByteSize.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1,5GiB")]
    [InlineData("1e3")]
    [InlineData("1M")]
    [InlineData("1 GiB extra")]
    [InlineData("8388608TiB")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("four")]
    public void Parse_AnythingElse_ThrowsWithTheForms(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => ByteSize.Parse(text));
        Assert.StartsWith($"'{text}' is not a size in bytes", e.Message);
        Assert.Contains("512MiB", e.Message);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(536_870_912, "512 MiB")]
    [InlineData(4_080_000_000, "3.8 GiB")]
    [InlineData(1_099_511_627_776, "1 TiB")]
    [InlineData(-1536, "-1.5 KiB")]
    [InlineData(long.MinValue, "-8388608 TiB")]
    public void Format_Bytes_IsForPeople(long bytes, string text)
    {
        Assert.Equal(text, ByteSize.Format(bytes));
    }
}
