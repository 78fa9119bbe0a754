using System.Security.Cryptography;

namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>
/// The expanded codebooks against the SHA-256 of ggml's tables (iq2xxs_grid and so on, as little-endian bytes).
/// </summary>
public unsafe class CodebooksTests
{
    [Fact]
    public void Expanded_EveryCodebook_HasTheHashOfTheFormat()
    {
        AssertHash("05826B5D3E472A3A78F196BE62AC78ACF81DF0F909626E12AB9FA2A5D490DD54", Codebooks.IQ2_XXS, 256 * 8);
        AssertHash("06E47AACA60B4DC1D9B5A3F34540437058A6B142B4D7A59D5DED769B4D1BF1DE", Codebooks.IQ2_XS, 512 * 8);
        AssertHash("E1AA1473412B0552C2174C30EF22AB4073F6A181B85A17056E8249BD2932FD88", Codebooks.IQ2_S, 1024 * 8);
        AssertHash("46E35F5A997EFDEE6C99CE57854C8A0D4F0FF8CA57E5E8A60C0793EA580ACF5D", Codebooks.IQ3_XXS, 256 * 4);
        AssertHash("BD1AF4945A1717C65610B0284E4628B9A1BA3B306FAE3A06F6E5F597356E349F", Codebooks.IQ3_S, 512 * 4);
        AssertHash("07540FFC1AEAF6AD4D97E96B0FCC765AAE39671D4AE4A27BBD0E796FDE167C6A", (byte*)Codebooks.IQ1, 2048 * 8);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(1u, 129u)]
    [InlineData(3u, 3u)]
    [InlineData(64u, 192u)]
    [InlineData(127u, 255u)]
    public void Signs_SevenBits_GainTheOneThatMakesThemEven(uint code, uint expected)
    {
        Assert.Equal(expected, Codebooks.Signs(code));
        Assert.Equal(expected | 129u << 8, Codebooks.TwoSigns(code, 1));
    }

    private static void AssertHash(string expected, byte* table, int length) =>
        Assert.Equal(expected, Convert.ToHexString(SHA256.HashData(new ReadOnlySpan<byte>(table, length))));
}
